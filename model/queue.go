package model

import (
	"fmt"

	"accio/fsm"
	g "accio/model/guarded"
)

// What a queueing client has sent.
const (
	silent   uint8 = iota // nothing yet
	complete              // the header, the file, the end
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
// at any moment, once, sends everything or resets at any moment after that, and
// is served when its turn has come. The shutdown may come at any moment. A
// confirmation and the file arrive whole here: their pieces are the business of
// [Server] and [Pair].
type Queue struct {
	*g.Program
	place, line []*g.Var // of each client
}

// NewQueue returns the queue, with the claims that need no edges.
func NewQueue(t *fsm.Table, clients int) *Queue {
	p := &g.Program{Name: fmt.Sprintf("%d clients at one sequential server", clients)}
	m := newMachine(p, "", t, cut(t))
	serving, stop, length := p.Var("serving", 0), p.Var("stop", 0), p.Var("length", 0)
	place, sent, line := make([]*g.Var, clients), make([]*g.Var, clients), make([]*g.Var, clients)
	for i := range clients {
		place[i] = p.Var(fmt.Sprintf("place%d", i+1), 0) // 1 is the head of the queue, 0 is not in it
		sent[i] = p.Var(fmt.Sprintf("sent%d", i+1), silent, "", "all", "reset")
		line[i] = p.Var(fmt.Sprintf("line%d", i+1), waiting, "", "count", "ERROR", "refused")
	}
	wrong := p.Var("wrong", 0, "", "uncounted", "overtaken")
	// Which of the first two clients was there when the other connected. They
	// stand for any two: the rules of all clients are the same.
	first := p.Var("first", 0)
	set := func(v *g.Var, n uint8) g.Stmt { return g.Set(v, g.Num(n)) }

	// leaves ends the service of client i. What it had sent is forgotten, so
	// that states which differ in nothing that matters are one.
	leaves := func(i int) []g.Stmt {
		do := []g.Stmt{
			g.If(g.And(m.in(fsm.Done), g.Not(sent[i].Is(complete))), []g.Stmt{set(wrong, uncounted)}),
			set(sent[i], silent),
			g.Set(line[i], g.Cond(m.in(fsm.Done), g.Num(counted), g.Num(failed))),
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
		rule := func(text string, when g.Expr, do ...g.Stmt) {
			p.Rule(fmt.Sprintf("client %d %s", i+1, text), when, do...)
		}
		there := g.Not(place[i].Is(0))
		connects := []g.Stmt{g.Set(length, length.Get().Plus(g.Num(1))), g.Set(place[i], length.Get())}
		if i < 2 && clients > 1 {
			connects = append(connects, g.If(g.Not(place[1-i].Is(0)), []g.Stmt{set(first, uint8(2-i))}))
		}
		rule("connects", g.And(place[i].Is(0), line[i].Is(waiting), stop.Is(0)), connects...)
		rule("sends everything", g.And(there, sent[i].Is(silent)), set(sent[i], complete))
		rule("resets", g.And(there, g.Not(sent[i].Is(broken))), set(sent[i], broken))
		rule("is accepted", g.And(place[i].Is(1), serving.Is(0), stop.Is(0)), set(serving, 1))

		fire := func(text string, event g.Expr, when ...g.Expr) {
			to := m.next.At(m.cell(m.state.Get(), event))
			rule(text, g.And(append([]g.Expr{place[i].Is(1), serving.Is(1)}, when...)...),
				g.If(to.Is(None), leaves(i),
					g.Set(m.state, to),
					g.If(m.terminal(), leaves(i))))
		}
		event := func(e fsm.Event) g.Expr { return g.Num(m.event(e)) }
		success := m.ends.At(m.state.Get())
		fire("is told of the shutdown", event(fsm.Shutdown), stop.Is(1))
		fire("gets a command", success, stop.Is(0), m.does(fsm.Write), g.Not(sent[i].Is(broken)))
		fire("has its text read", success, stop.Is(0), m.does(fsm.Expect), sent[i].Is(complete))
		fire("has its stream read", event(fsm.Closed), stop.Is(0), m.does(fsm.Count), sent[i].Is(complete))
		fire("was silent for the idle limit", event(fsm.TimedOut), stop.Is(0), m.does(fsm.Expect, fsm.Count), sent[i].Is(silent))
		fire("has broken the connection", event(fsm.Failed), stop.Is(0), sent[i].Is(broken))
	}
	p.Rule("shutdown comes", stop.Is(0), set(stop, 1))
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
	return &Queue{p, place, line}
}

// Live are claims that need the edges: every client that has connected gets
// its line or is refused, for time is on the server's side.
func (q *Queue) Live() []g.Claim {
	var claims []g.Claim
	for i := range q.place {
		claims = append(claims, g.LeadsTo(fmt.Sprintf("served_%d", i+1), fmt.Sprintf("client %d is not left waiting", i+1),
			g.Not(q.place[i].Is(0)), g.Not(q.line[i].Is(waiting))))
	}
	return claims
}
