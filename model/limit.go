package model

import (
	"slices"

	"accio/fsm"
	g "accio/model/guarded"
)

// limit is what the operator of a server has set against a client: nothing yet, or
// one of the following. The zero value is that of a table which has no event for it.
type limit struct{ is *g.Var }

const (
	passed uint8 = iota + 1 // a limit of time has: nothing is waited for, but what is there counts
	final                   // nothing more counts
)

func newLimit(p *g.Program, t *fsm.Table) limit {
	if !slices.Contains(t.Events, fsm.Aborted) {
		return limit{}
	}
	return limit{p.VarTo("limit", 0, final, "", "passed", "cut")}
}

// none is true while there is none.
func (l limit) none() g.Expr { return l.at(0) }

// lets is true while what the socket holds counts.
func (l limit) lets() g.Expr {
	if l.is == nil {
		return g.Num(1)
	}
	return l.is.Get().Below(g.Num(final))
}

func (l limit) at(n uint8) g.Expr {
	if l.is == nil {
		return g.Num(1)
	}
	return l.is.Is(n)
}

// rules adds the limits, which may come while the server goes on, and what they end,
// at once or where it would wait.
func (l limit) rules(p *g.Program, goesOn, writes, waits g.Expr, abort []g.Stmt) {
	if l.is == nil {
		return
	}
	p.Free("a limit of time passes", g.And(goesOn, l.none()), g.Set(l.is, g.Num(passed)))
	p.Free("the operator, or a limit of bytes, ends it", g.And(goesOn, l.lets()), g.Set(l.is, g.Num(final)))
	p.Free("more has come since the limit than a socket holds", g.And(goesOn, l.is.Is(passed)), g.Set(l.is, g.Num(final)))
	p.Rule("client takes nothing after the limit", g.And(goesOn, l.is.Is(passed), writes), abort...)
	p.Rule("nothing is there after the limit", g.And(goesOn, l.is.Is(passed), waits), abort...)
	p.Rule("is ended by the operator or a limit", g.And(goesOn, l.is.Is(final)), abort...)
}

// claims are those about limits, of which the last needs that a client cannot fill
// the socket for ever while the server takes only so much of it.
func (l limit) claims(over g.Expr, h *history, in channel) []g.Claim {
	if l.is == nil {
		return nil
	}
	return []g.Claim{
		g.Always("limit_waits", "a limit of time ends a connection only where nothing is unread and the stream is open",
			g.And(over, h.fired(fsm.Aborted), l.is.Is(passed), h.was(fsm.Expect, fsm.Count)).Implies(g.And(in.empty(), in.end.Is(open)))),
		g.Always("limit_cuts", "what the operator has ended is ended by nothing else but the shutdown",
			g.And(over, l.is.Is(final)).Implies(g.Or(h.fired(fsm.Aborted), h.fired(fsm.Shutdown)))),
		g.Always("limit_first", "the idle limit ends nothing once another limit has passed", g.And(over, h.fired(fsm.TimedOut)).Implies(l.none())),
		g.Always("no_limit", "without a limit nothing is aborted", l.none().Implies(g.Not(h.fired(fsm.Aborted)))),
		g.LeadsTo("limit_ends", "a limit that has passed ends the connection, whatever the client does", g.Not(l.none()), over).
			Fair("no more is taken after the limit than a socket holds", false, g.And(l.is.Is(passed), g.Not(over)), l.is.Is(final)),
	}
}
