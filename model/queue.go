package model

import (
	"fmt"
	"slices"

	"accio/fsm"
	g "accio/model/guarded"
)

// What a queueing client has sent.
const (
	silent   uint8 = iota // nothing yet
	started               // the header and some of the file
	complete              // all of it, and the end
	broken                // a reset
)

// What went wrong in a queue.
const (
	uncounted uint8 = iota + 1 // a count was printed for a client that had not sent everything
	overtaken                  // a client had its line before one that was there first
)

// What became of a queueing client.
const (
	waiting uint8 = iota // nothing yet
	counted              // its line is a count
	failed               // its line is ERROR
	refused              // reset by the shutdown, without a line
)

// Queue is one sequential server and so many clients, each of which connects
// at any moment, once, begins to send or resets at any moment after that, and
// is served when its turn has come. Its file may be of any length, and without
// an end: while the server counts, it sends a byte more, and a byte more, or
// ends its stream, or falls silent. (That it ended its stream earlier is the
// same to everybody.) The shutdown may come at any moment. A confirmation
// arrives whole here: pieces are the business of [Server] and [Pair].
type Queue struct {
	*g.Program
	place, sent, line []*g.Var // of each client
	first             *g.Var   // which of the first two connected first, if both wait
	more              *g.Var   // a client that is served has sent one more byte
}

// NewQueue returns the queue, with the claims that need no edges.
func NewQueue(t *fsm.Table, clients int) *Queue {
	p := &g.Program{Name: fmt.Sprintf("%d clients at one sequential server", clients),
		Given: "the server goes on, and time passes where it waits"}
	m := newMachine(p, "", t, cut(t))
	serving, stop, length := p.VarTo("serving", 0, 1), p.VarTo("stop", 0, 1), p.Var("length", 0)
	place, sent, line := make([]*g.Var, clients), make([]*g.Var, clients), make([]*g.Var, clients)
	for i := range clients {
		place[i] = p.Var(fmt.Sprintf("place%d", i+1), 0) // 1 is the head of the queue, 0 is not in it
		sent[i] = p.VarTo(fmt.Sprintf("sent%d", i+1), silent, broken, "", "some", "all", "reset")
		line[i] = p.VarTo(fmt.Sprintf("line%d", i+1), waiting, refused, "", "count", "ERROR", "refused")
	}
	wrong := p.VarTo("wrong", 0, overtaken, "", "uncounted", "overtaken")
	// Which of the first two clients was there when the other connected. They
	// stand for any two: the rules of all clients are the same.
	first := p.VarTo("first", 0, 2)
	sends := p.Flag("more")
	set := func(v *g.Var, n uint8) g.Stmt { return g.Set(v, g.Num(n)) }

	// leaves ends the service of client i. What it had sent is forgotten, so
	// that states which differ in nothing that matters are one.
	leaves := func(i int) []g.Stmt {
		do := []g.Stmt{
			g.If(g.And(m.good(), g.Not(sent[i].Is(complete))), []g.Stmt{set(wrong, uncounted)}),
			set(sent[i], silent),
			g.Set(line[i], g.Cond(m.good(), g.Num(counted), g.Num(failed))),
			set(serving, 0), g.Set(length, length.Get().Minus(g.Num(1))), g.Set(m.state, g.Num(m.code(t.Initial, true))),
		}
		if i < 2 {
			do = append(do, g.If(first.Is(uint8(2-i)), []g.Stmt{set(wrong, overtaken)}), set(first, 0))
		}
		for _, v := range place {
			do = append(do, g.If(g.Not(v.Is(0)), []g.Stmt{g.Set(v, v.Get().Minus(g.Num(1)))}))
		}
		return do
	}
	for i := range clients {
		label := func(text string) string { return fmt.Sprintf("client %d %s", i+1, text) }
		free := func(text string, when g.Expr, do ...g.Stmt) { p.Free(label(text), when, do...) }
		there := g.Not(place[i].Is(0))
		connects := []g.Stmt{g.Set(length, length.Get().Plus(g.Num(1))), g.Set(place[i], length.Get())}
		if i < 2 && clients > 1 {
			connects = append(connects, g.If(g.Not(place[1-i].Is(0)), []g.Stmt{set(first, uint8(2-i))}))
		}
		free("connects", g.And(place[i].Is(0), line[i].Is(waiting), stop.Is(0)), connects...)
		free("sends the header and some of its file", g.And(there, sent[i].Is(silent)), set(sent[i], started))
		free("resets", g.And(there, g.Not(sent[i].Is(broken))), set(sent[i], broken))
		served := g.And(place[i].Is(1), serving.Is(1))
		counting := g.And(served, m.does(fsm.Count), sent[i].Is(started))
		free("ends its stream", counting, set(sent[i], complete))
		p.Rule(label("sends a byte more, which the server counts"), g.And(counting, stop.Is(0)), set(sends, 1))
		p.Rule(label("is accepted"), g.And(place[i].Is(1), serving.Is(0), stop.Is(0)), set(serving, 1))

		lead := func(event g.Expr) g.Stmt {
			to := m.next.At(m.cell(m.state.Get(), event))
			return g.If(to.Is(None), leaves(i), g.Set(m.state, to), g.If(m.terminal(), leaves(i)))
		}
		fire := func(text string, event g.Expr, when ...g.Expr) {
			p.Rule(label(text), g.And(append([]g.Expr{served}, when...)...), lead(event))
		}
		event := func(e fsm.Event) g.Expr { return g.Num(m.event(e)) }
		success := m.ends.At(m.state.Get())
		fire("is told of the shutdown", event(fsm.Shutdown), stop.Is(1))
		fire("gets a command", success, stop.Is(0), m.does(fsm.Write), g.Not(sent[i].Is(broken)))
		fire("has its text read", success, stop.Is(0), m.does(fsm.Expect), g.Or(sent[i].Is(started), sent[i].Is(complete)))
		fire("has its stream read", event(fsm.Closed), stop.Is(0), m.does(fsm.Count), sent[i].Is(complete))
		fire("was silent for the idle limit", event(fsm.TimedOut), stop.Is(0),
			g.Or(g.And(m.does(fsm.Expect), sent[i].Is(silent)), g.And(m.does(fsm.Count), g.Or(sent[i].Is(silent), sent[i].Is(started)))))
		fire("has broken the connection", event(fsm.Failed), stop.Is(0), sent[i].Is(broken))
		if slices.Contains(t.Events, fsm.Aborted) {
			free("is ended by the operator or a limit", g.And(served, stop.Is(0)), lead(event(fsm.Aborted)))
		}
	}
	p.Free("shutdown comes", stop.Is(0), set(stop, 1))
	var refuse []g.Stmt
	for i := range clients {
		refuse = append(refuse, g.If(g.Not(place[i].Is(0)), []g.Stmt{set(line[i], refused), set(place[i], 0), set(sent[i], silent)}))
	}
	p.Rule("the queue is reset", g.And(stop.Is(1), serving.Is(0), g.Not(length.Is(0))), append(refuse, set(length, 0), set(first, 0))...)

	var heads, orderly []g.Expr
	for i := range clients {
		heads = append(heads, place[i].Is(1))
		orderly = append(orderly, line[i].Is(refused).Implies(stop.Is(1)))
	}
	p.Claim(
		g.Always("served", "whoever is served is in the queue, at its head", serving.Is(1).Implies(g.Or(heads...))),
		g.Always("honest", "a count is that of a client that sent everything", g.Not(wrong.Is(uncounted))),
		g.Always("orderly", "nobody is refused but by a shutdown", g.And(orderly...)),
	)
	if clients > 1 {
		p.Claim(g.Always("fifo", "of two clients that wait, the one that connected first has its line first", g.Not(wrong.Is(overtaken))))
	}
	for i := range clients {
		p.Claim(g.Sometimes(fmt.Sprintf("counted_%d", i+1), fmt.Sprintf("client %d is counted", i+1), line[i].Is(counted)))
	}
	return &Queue{p, place, sent, line, first, sends}
}

// Live are claims that need the edges: every client that has connected gets
// its line or is refused, for time is on the server's side, unless a client
// sends for ever: one before it, or it itself. That its turn comes whatever the
// one before it does is false (docs/protocol.md §5.5).
func (q *Queue) Live() []g.Claim {
	var claims []g.Claim
	for i := range q.place {
		claims = append(claims, g.LeadsTo(fmt.Sprintf("served_%d", i+1), fmt.Sprintf("client %d, once it has connected, gets its line or is reset by the shutdown", i+1),
			g.Not(q.place[i].Is(0)), g.Not(q.line[i].Is(waiting))).Unless("a client that is served sends", q.more.Is(1)))
	}
	if len(q.place) > 1 {
		behind := g.Num(1).Below(q.place[1].Get())
		claims = append(claims, g.LeadsTo("never_starved", "client 2 is not left waiting behind another, whatever that does", behind, g.Not(behind)))
	}
	return claims
}
