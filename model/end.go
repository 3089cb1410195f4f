package model

import (
	"accio/fsm"
	g "accio/model/guarded"
)

// end is one end of a connection: a machine, what it reads from and what it
// writes to.
type end struct {
	*machine
	p       *g.Program
	in, out channel
	peer    string
	closed  *g.Var // the socket is closed, both directions
	illegal *g.Var // an event came that the table does not have
	late    *g.Var // the idle limit passed
	left    *g.Var // of Upload: units not yet sent
	count   *g.Var // of Count: units received
}

// rule adds a step of this end, with the text after its name.
func (e *end) rule(text string, when g.Expr, do ...[]g.Stmt) {
	e.p.Rule(e.table.Role+": "+text, when, g.Do(do...)...)
}

// sends adds a step that the other end will notice.
func (e *end) sends(text string, when g.Expr, do ...[]g.Stmt) {
	e.p.Rule(e.table.Role+" → "+e.peer+": "+text, when, g.Do(do...)...)
}

// live is true while the machine has something to do.
func (e *end) live() g.Expr { return g.And(g.Not(e.terminal()), e.illegal.Is(0)) }

func (e *end) at(action fsm.Action, more ...g.Expr) g.Expr {
	return g.And(append([]g.Expr{e.live(), e.does(action)}, more...)...)
}

func (e *end) fire(event g.Expr) []g.Stmt {
	to := e.next.At(e.cell(e.state.Get(), event))
	return []g.Stmt{g.If(to.Is(None),
		[]g.Stmt{g.Set(e.illegal, g.Num(1))},
		g.Set(e.got, g.Num(0)), g.Set(e.state, to))}
}

func (e *end) event(name fsm.Event) g.Expr { return g.Num(e.machine.event(name)) }

// success is the event of an activity that went as it should.
func (e *end) success() g.Expr { return e.ends.At(e.state.Get()) }

func more(v *g.Var) []g.Stmt { return []g.Stmt{g.Set(v, v.Get().Plus(g.Num(1)))} }

// work adds the rules of the activities.
func (e *end) work() {
	unbroken := g.Not(e.in.end.Is(rst))
	for code, name := range e.cuts.names() {
		if code == 0 || !e.has(fsm.Write, uint8(code)) {
			continue
		}
		this := e.piece().Is(uint8(code))
		e.sends(name, e.at(fsm.Write, unbroken, this, e.out.room(), g.Not(e.last())), e.out.push(g.Num(uint8(code))), more(e.got))
		e.sends(name+", so the text is written whole", e.at(fsm.Write, unbroken, this, e.out.room(), e.last()), e.out.push(g.Num(uint8(code))), e.fire(e.success()))
	}
	e.rule("a write fails", e.at(fsm.Write, e.in.end.Is(rst)), e.fire(e.event(fsm.Failed)))

	some, fits := g.Not(e.in.empty()), e.in.first().Eq(e.piece())
	e.rule("reads a part", e.at(fsm.Expect, some, fits, g.Not(e.last())), e.in.pop(), more(e.got))
	e.rule("reads the text whole", e.at(fsm.Expect, some, fits, e.last()), e.in.pop(), e.fire(e.success()))
	e.rule("reads a wrong byte", e.at(fsm.Expect, some, g.Not(fits)), e.in.pop(), e.fire(e.event(fsm.Mismatched)))
	e.rule("reads a byte too many", e.at(fsm.Drain, some), e.in.pop(), e.fire(e.event(fsm.Mismatched)))
	if e.count != nil {
		e.rule("counts", e.at(fsm.Count, some), e.in.pop(), more(e.count))
	}
	reading := g.And(e.live(), e.does(fsm.Expect, fsm.Count, fsm.Drain), e.in.empty())
	e.rule("reads the end of the stream", g.And(reading, e.in.end.Is(fin)), e.fire(e.event(fsm.Closed)))
	e.rule("a read fails", g.And(reading, e.in.end.Is(rst)), e.fire(e.event(fsm.Failed)))

	if e.left != nil {
		// The real client looks whether the server has said something; one that
		// has not read the commands before does not.
		quiet := g.Num(1)
		if e.table.Activities[0].Action == fsm.Expect {
			quiet = g.And(e.in.empty(), e.in.end.Is(open))
		}
		e.sends("data", e.at(fsm.Upload, unbroken, g.Not(e.left.Is(0)), e.out.room()),
			e.out.push(g.Num(e.cuts.wrong())), []g.Stmt{g.Set(e.left, e.left.Get().Minus(g.Num(1)))})
		e.sends("end of the stream", e.at(fsm.Upload, quiet, e.left.Is(0)), []g.Stmt{g.Set(e.out.end, g.Num(fin))}, e.fire(e.success()))
		e.rule("the peer has ended or said something", e.at(fsm.Upload, e.left.Is(0), g.Not(quiet)), e.fire(e.event(fsm.Failed)))
		e.rule("an upload fails", e.at(fsm.Upload, g.Not(e.left.Is(0)), e.in.end.Is(rst)), e.fire(e.event(fsm.Failed)))
	}
}

// close adds the rules of an end that has nothing more to do. A socket that is
// closed while something is unread, or that something comes to afterwards, is
// reset by its system; what it had sent may be destroyed by that, or not.
func (e *end) close() {
	over := g.And(g.Not(e.live()), e.closed.Is(0))
	set := func(v *g.Var, n uint8) []g.Stmt { return []g.Stmt{g.Set(v, g.Num(n))} }
	closes := g.And(over, e.in.empty())
	if e.left != nil { // a client that has failed resets (docs/protocol.md §7.7)
		failed := e.bad()
		e.sends("resets, as it has failed", g.And(closes, failed), set(e.closed, 1), []g.Stmt{g.If(e.out.end.Is(open), set(e.out.end, rst))})
		closes = g.And(closes, g.Not(failed))
	}
	e.sends("closes", closes, set(e.closed, 1), []g.Stmt{g.If(e.out.end.Is(open), set(e.out.end, fin))})
	unread := g.And(g.Not(e.in.empty()), g.Or(over, e.closed.Is(1)))
	e.sends("reset, as the socket is closed and something was not read", unread,
		set(e.closed, 1), e.in.clear(), set(e.out.end, rst))
	e.sends("reset, as the socket is closed and something was not read; it destroys what is not read yet", g.And(unread, g.Not(e.out.empty())),
		set(e.closed, 1), e.in.clear(), e.out.clear(), set(e.out.end, rst))
}

// timeout adds the idle limit, which passes only when nothing else happens:
// the peers and the network are faster than it.
func (e *end) timeout(quiet g.Expr) {
	e.rule("nothing for the idle limit", g.And(e.live(), quiet), e.fire(e.event(fsm.TimedOut)), []g.Stmt{g.Set(e.late, g.Num(1))})
}

// has reports whether an activity with the action has a text with the piece.
func (m *machine) has(action fsm.Action, piece uint8) bool {
	for _, a := range m.table.Activities {
		if a.Action == action {
			for _, code := range m.cuts.of(a.Text) {
				if code == piece {
					return true
				}
			}
		}
	}
	return false
}
