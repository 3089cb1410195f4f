package model

import (
	"fmt"
	"slices"

	"accio/fsm"
	g "accio/model/guarded"
)

// What became of a client of a crowd is what became of one that queues, or due.
const due = refused + 1 // it has been accepted, and its line is to come

// What went wrong in a crowd is what went wrong in a queue, or one of these.
const (
	twice uint8 = iota + overtaken + 1 // a client was accepted again, or had a line that was not due
	early                              // the event shutdown came before the shutdown
)

// The phases of a concurrent server.
const (
	serves uint8 = iota
	drains       // it accepts nobody, and those in service go on
	stops        // it has been shut down: those in service are told
	ended        // nobody is in service any more
)

// Crowd is one concurrent server, which has so many places, and so many
// clients. Each connects at any moment, once, and waits in the kernel's queue
// until its turn has come and a place is free; then a machine of its own serves
// it. It does nothing in the queue: that it sent or reset there is the same to
// everybody as that it does so once it is accepted. The first few clients are
// greedy: while the server counts, they may send a byte more, and a byte more,
// for ever. (That others send more, but not for ever, is the same to everybody.)
//
// A signal may come at any moment. It begins the drain, which a second signal or
// time ends, or it is the shutdown at once. (That a client connects after the
// signal and before the listener is closed is the same as that it did before
// the signal.)
type Crowd struct {
	*g.Program
	places, greedy    int
	machine           []*machine // of each client
	place, sent, line []*g.Var
	phase             *g.Var
	first             *g.Var // which of the last two connected first, if both wait
	went              *g.Var // the server has gone on, and not with a greedy client that it counts
	passed            *g.Var // the drain's time has passed
	aborted           *g.Var // the operator or a limit has ended one
}

// NewCrowd returns the crowd, with the claims that need no edges.
func NewCrowd(t *fsm.Table, clients, places, greedy int) *Crowd {
	p := &g.Program{Name: fmt.Sprintf("%d clients at a server of %d places, %d of them greedy", clients, places, greedy),
		Given: "the server goes on, and time passes where it waits"}
	c := &Crowd{Program: p, places: places, greedy: greedy}
	maps := newMaps(p, "", t, cut(t))
	for i := range clients {
		name := func(of string) string { return fmt.Sprint(of, i+1) }
		// 1 is in service, 2 is the head of the queue, 0 is not there. There is one
		// more than clients can fill, for a weakened rule.
		c.place = append(c.place, p.VarTo(name("place"), 0, uint8(clients+2)))
		c.machine = append(c.machine, maps.with(p, name("state")))
		c.sent = append(c.sent, p.VarTo(name("sent"), silent, broken, "", "some", "all", "reset"))
		c.line = append(c.line, p.VarTo(name("line"), waiting, due, "", "count", "ERROR", "refused", "due"))
	}
	c.phase = p.VarTo("phase", serves, ended, "", "drains", "stops", "ended")
	wrong := p.VarTo("wrong", 0, early, "", "uncounted", "overtaken", "twice", "early")
	// Which of the last two clients was in the queue when the other came there.
	// They stand for any two: all are alike there.
	c.first = p.VarTo("first", 0, 2)
	c.went, c.passed, c.aborted = p.Flag("served"), p.Flag("passed"), p.Flag("aborted")
	late := p.Flag("late") // a client was counted in the drain

	set := func(v *g.Var, n uint8) g.Stmt { return g.Set(v, g.Num(n)) }
	goesOn := set(c.went, 1)
	busy, waiters, running := c.busy(0), c.waiters(), c.phase.Get().Below(g.Num(stops))
	free := busy.Below(g.Num(uint8(places)))
	other := func(i int) (j int, tracked bool) { return 2*clients - 3 - i, i >= clients-2 && clients > 1 }
	which := func(i int) uint8 { return uint8(i - clients + 3) } // 1 or 2, of those that are tracked

	// leaves ends the service of client i. What it had sent is forgotten, so
	// that states which differ in nothing that matters are one.
	leaves := func(i int) []g.Stmt {
		m := c.machine[i]
		return []g.Stmt{
			g.If(g.And(m.good(), g.Not(c.sent[i].Is(complete))), []g.Stmt{set(wrong, uncounted)}),
			g.If(g.Not(c.line[i].Is(due)), []g.Stmt{set(wrong, twice)}),
			g.If(g.And(m.good(), c.phase.Is(drains)), []g.Stmt{set(late, 1)}),
			g.Set(c.line[i], g.Cond(m.good(), g.Num(counted), g.Num(failed))),
			set(c.place[i], 0), set(c.sent[i], silent), set(m.state, m.code(t.Initial, true)),
		}
	}
	for i, m := range c.machine {
		label := func(text string) string { return fmt.Sprintf("client %d %s", i+1, text) }
		sent := c.sent[i]
		at := func(place uint8, more ...g.Expr) g.Expr {
			return g.And(append([]g.Expr{c.place[i].Is(place)}, more...)...)
		}

		connects := []g.Stmt{g.Set(c.place[i], waiters.Plus(g.Num(2)))}
		accepted := []g.Stmt{
			g.If(g.Not(c.line[i].Is(waiting)), []g.Stmt{set(wrong, twice)}),
			set(c.line[i], due), set(c.place[i], 1), goesOn,
		}
		if j, tracked := other(i); tracked {
			connects = append(connects, g.If(g.Num(1).Below(c.place[j].Get()), []g.Stmt{set(c.first, which(j))}))
			accepted = append(accepted, g.If(c.first.Is(which(j)), []g.Stmt{set(wrong, overtaken)}), set(c.first, 0))
		}
		for j, v := range c.place {
			if j != i {
				accepted = append(accepted, g.If(g.Num(2).Below(v.Get()), []g.Stmt{g.Set(v, v.Get().Minus(g.Num(1)))}))
			}
		}
		p.Free(label("connects"), at(0, c.line[i].Is(waiting), c.phase.Is(serves)), connects...)
		p.Rule(label("is accepted"), at(2, c.phase.Is(serves), free), accepted...)

		counting := at(1, m.does(fsm.Count), sent.Is(started), running)
		p.Free(label("sends the header and some of its file"), at(1, sent.Is(silent), running), set(sent, started))
		p.Free(label("resets"), at(1, g.Not(sent.Is(broken)), running), set(sent, broken))
		p.Free(label("ends its stream"), counting, set(sent, complete))
		if i < greedy {
			p.Rule(label("sends a byte more, which the server counts"), counting)
		}
		theirs := []g.Stmt{goesOn}
		if i < greedy {
			theirs = []g.Stmt{g.If(g.Not(m.does(fsm.Count)), []g.Stmt{goesOn})}
		}

		lead := func(event g.Expr, also ...g.Stmt) []g.Stmt {
			to := m.next.At(m.cell(m.state.Get(), event))
			return append(also, g.If(to.Is(None), leaves(i), g.Set(m.state, to), g.If(m.terminal(), leaves(i))))
		}
		fire := func(text string, event g.Expr, when g.Expr, also ...g.Stmt) {
			p.Rule(label(text), when, lead(event, append(also, theirs...)...)...)
		}
		event := func(e fsm.Event) g.Expr { return g.Num(m.event(e)) }
		success := m.ends.At(m.state.Get())
		fire("is told of the shutdown", event(fsm.Shutdown), at(1, c.phase.Is(stops)),
			g.If(g.Not(c.phase.Is(stops)), []g.Stmt{set(wrong, early)}))
		fire("gets a command", success, at(1, m.does(fsm.Write), g.Not(sent.Is(broken)), running))
		fire("has its text read", success, at(1, m.does(fsm.Expect), sent.Is(started), running))
		fire("has its stream read", event(fsm.Closed), at(1, m.does(fsm.Count), sent.Is(complete), running))
		fire("was silent for the idle limit", event(fsm.TimedOut), at(1, running,
			g.Or(g.And(m.does(fsm.Expect), sent.Is(silent)), g.And(m.does(fsm.Count), sent.Is(started)))))
		fire("has broken the connection", event(fsm.Failed), at(1, sent.Is(broken), running))
		if slices.Contains(t.Events, fsm.Aborted) {
			p.Free(label("is ended by the operator or a limit"), at(1, running), lead(event(fsm.Aborted), set(c.aborted, 1))...)
		}
	}

	p.Free("a signal begins the drain", c.phase.Is(serves), set(c.phase, drains))
	shutdown := []g.Stmt{set(c.phase, stops)}
	for _, v := range c.sent {
		shutdown = append(shutdown, set(v, silent)) // it does not matter any more
	}
	p.Free("a signal is the shutdown at once", c.phase.Is(serves), shutdown...)
	p.Free("a second signal ends the drain", c.phase.Is(drains), shutdown...)
	p.Rule("the drain's time passes", c.phase.Is(drains), append(shutdown, set(c.passed, 1))...)
	reset := []g.Stmt{set(c.first, 0), goesOn}
	for i, v := range c.place {
		reset = append(reset, g.If(g.Num(1).Below(v.Get()), []g.Stmt{set(v, 0), set(c.line[i], refused)}))
	}
	p.Rule("the queue is reset", g.And(g.Not(c.phase.Is(serves)), g.Num(0).Below(waiters)), reset...)
	p.Rule("the server ends", g.And(g.Or(c.phase.Is(drains), c.phase.Is(stops)), busy.Is(0), waiters.Is(0)), set(c.phase, ended))

	var lines, orderly, gone, refusals []g.Expr
	for i := range clients {
		lines = append(lines, c.place[i].Is(1).Implies(c.line[i].Is(due)))
		orderly = append(orderly, c.line[i].Is(refused).Implies(g.Not(c.phase.Is(serves))))
		gone = append(gone, c.place[i].Is(0), g.Not(c.line[i].Is(due)))
		refusals = append(refusals, c.line[i].Is(refused))
	}
	p.Claim(
		g.Always("roomy", "never are more in service than there are places", g.Not(g.Num(uint8(places)).Below(busy))),
		g.Always("honest", "a count is that of a client that sent everything", g.Not(wrong.Is(uncounted))),
		g.Always("line_each", "nobody has two lines, or is in service after its line", g.And(append(lines, g.Not(wrong.Is(twice)))...)),
		g.Always("orderly", "nobody is refused before the drain or the shutdown", g.And(orderly...)),
		g.Always("patient", "nobody in service is told of the shutdown before it", g.Not(wrong.Is(early))),
		g.Always("settled", "when the server has ended nobody is there, and whoever was accepted has its line", c.phase.Is(ended).Implies(g.And(gone...))),
		g.Sometimes("late", "a client that is in service when the drain begins is counted", g.And(late.Is(1), c.phase.Is(drains))),
		g.Sometimes("turned_away", "a client is refused", g.Or(refusals...)),
	)
	if clients > 1 {
		p.Claim(g.Always("places_fifo", "of two clients that wait, the one that connected first is accepted first", g.Not(wrong.Is(overtaken))))
	}
	for i := range clients {
		p.Claim(g.Sometimes(fmt.Sprintf("counted_%d", i+1), fmt.Sprintf("client %d is counted", i+1), c.line[i].Is(counted)))
	}
	return c
}

// busy is how many of the clients are in service, without the first few.
func (c *Crowd) busy(without int) g.Expr {
	return howMany(c.place[without:], func(v *g.Var) g.Expr { return v.Is(1) })
}

// waiters is how many clients are in the queue.
func (c *Crowd) waiters() g.Expr {
	return howMany(c.place, func(v *g.Var) g.Expr { return g.Num(1).Below(v.Get()) })
}

// howMany is how many of the variables it is so of.
func howMany(vars []*g.Var, so func(*g.Var) g.Expr) g.Expr {
	if len(vars) == 0 {
		return g.Num(0)
	}
	n := so(vars[0])
	for _, v := range vars[1:] {
		n = n.Plus(so(v))
	}
	return n
}

// Live are claims that need the edges. The last ones, that whoever is not greedy
// is not left waiting, are true if there are more places than greedy clients,
// and false if there are not.
func (c *Crowd) Live() []g.Claim {
	claims := []g.Claim{
		g.LeadsTo("stopped", "the shutdown ends the server", c.phase.Is(stops), c.phase.Is(ended)),
		g.LeadsTo("drain_ends", "the drain ends the server, whatever a client does", c.phase.Is(drains), c.phase.Is(ended)).
			Fair("the drain's time passes", false, c.phase.Is(drains), c.passed.Is(1)),
	}
	return append(claims, c.served("served", "client %d, once it has connected, gets its line or is reset",
		"the server goes on with the queue, and with everybody in service but for greedy clients that it counts", c.possible(), c.went.Is(1))...)
}

// Limited are claims that need the edges, and a table with the event aborted: that
// whoever is not greedy is not left waiting, if limits end the others.
func (c *Crowd) Limited() []g.Claim {
	possible := g.Or(c.possible(), g.And(c.phase.Get().Below(g.Num(stops)), g.Num(0).Below(c.busy(0))))
	return c.served("limited", "client %d, once it has connected, gets its line or is reset, whoever sends for ever",
		"the server goes on with the queue, and with everybody in service, or a limit ends them", possible, g.Or(c.went.Is(1), c.aborted.Is(1)))
}

// possible is true where the server can go on, and not with a greedy client that it counts.
func (c *Crowd) possible() g.Expr {
	accepts := g.And(c.phase.Is(serves), c.busy(0).Below(g.Num(uint8(c.places))))
	possible := g.Or(g.Num(0).Below(c.busy(c.greedy)), g.And(g.Num(0).Below(c.waiters()), g.Or(accepts, g.Not(c.phase.Is(serves)))))
	for i, m := range c.machine[:c.greedy] {
		possible = g.Or(possible, g.And(c.place[i].Is(1), g.Not(m.does(fsm.Count))))
	}
	return possible
}

// served claims of each client that is not greedy that it gets its line or is reset.
func (c *Crowd) served(name, text, fair string, possible, taken g.Expr) (claims []g.Claim) {
	for i := c.greedy; i < len(c.place); i++ {
		claims = append(claims, g.LeadsTo(fmt.Sprintf("%s_%d", name, i+1), fmt.Sprintf(text, i+1),
			g.Not(c.place[i].Is(0)), g.Or(c.line[i].Is(counted), c.line[i].Is(failed), c.line[i].Is(refused))).
			Fair(fair, false, possible, taken).Only())
	}
	return claims
}
