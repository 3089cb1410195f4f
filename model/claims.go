package model

import (
	"fmt"
	"slices"

	"accio/fsm"
	g "accio/model/guarded"
)

// claims are those that hold whatever the environment does.
func (h *history) claims() []g.Claim {
	list := append(h.ending(),
		g.Always("absorbed", "nothing is fired in a terminal state", g.Not(h.where(h.from, h.table.IsTerminal))),
		g.Always("one_line", "a connection never has two lines", h.lines.Get().Below(g.Num(2))),
	)
	failed := g.Or(h.fired(fsm.Failed), h.fired(fsm.TimedOut), h.fired(fsm.Mismatched), g.And(h.fired(fsm.Closed), g.Not(h.was(fsm.Count))))
	if h.straight {
		list = append(list,
			g.Always("write_failed", "a failed write ends badly",
				g.And(h.was(fsm.Write), h.fired(fsm.Failed)).Implies(g.Or(h.bad(), h.illegally()))),
			g.Always("failures", "whatever is no success ends badly", failed.Implies(g.Or(h.bad(), h.illegally()))),
			g.Always("forward", "only success leads on, and to the next activity", g.Or(h.terminal(), h.illegally(), h.event.Is(None), h.onward())),
		)
	}
	return append(append(list,
		g.Always("stops", "a shutdown ends the connection at once, and badly",
			h.fired(fsm.Shutdown).Implies(g.Or(h.bad(), h.illegally()))),
		g.Sometimes("good", "a good end is reached", h.good()),
	), h.reached()...)
}

// ending claims what comes before a good end.
func (h *history) ending() []g.Claim {
	if !h.straight || h.texts(fsm.Count) == 0 {
		return []g.Claim{g.Always("good_by_success", "a good end comes by an activity that ended as it should, and by nothing else",
			h.good().Implies(h.succeeded()))}
	}
	return []g.Claim{
		g.Always("after_writes", "nothing is counted before every text was written, or after more", h.does(fsm.Count).Implies(h.wrote.Is(h.texts(fsm.Write)))),
		g.Always("after_reads", "nothing is counted before every text was read, or after more", h.does(fsm.Count).Implies(h.read.Is(h.texts(fsm.Expect)))),
		g.Always("good_by_end", "a good end comes by the end of the stream while counting, and by nothing else",
			h.good().Implies(g.And(h.eof.Is(1), h.fired(fsm.Closed), h.was(fsm.Count)))),
	}
}

// succeeded is true if the last event was the success of its activity.
func (h *history) succeeded() g.Expr {
	var any []g.Expr
	for i, a := range h.table.Activities {
		any = append(any, g.And(h.from.Is(uint8(i)), h.fired(a.Ends)))
	}
	return g.Or(any...)
}

// illegally is true after an event that the table does not have: a claim of
// its own.
func (h *history) illegally() g.Expr { return h.illegal.Is(1) }

// onward is true if the last event was the success of an activity that had
// another one after it, and the machine is in that.
func (h *history) onward() g.Expr {
	var any []g.Expr
	for i, a := range h.table.Activities[:len(h.table.Activities)-1] {
		any = append(any, g.And(h.from.Is(uint8(i)), h.fired(a.Ends), h.state.Is(uint8(i+1))))
	}
	return g.Or(any...)
}

// outcome is true if the last event is one that the activity can end with.
func (h *history) outcome() g.Expr {
	var any []g.Expr
	for _, e := range h.table.Events {
		any = append(any, g.And(h.fired(e), h.endsWith(h.from, e)))
	}
	return g.Or(any...)
}

// endsWith is true if v holds a state whose activity can end with e.
func (h *history) endsWith(v *g.Var, e fsm.Event) g.Expr {
	return h.where(v, func(s fsm.State) bool {
		a := h.table.Activity(s)
		return a.Action != "" && slices.Contains(h.table.Outcomes(a), e)
	})
}

// reached claims of every outcome of every activity that it can come, against
// claims that are true of nothing.
func (h *history) reached() []g.Claim {
	var claims []g.Claim
	for i, a := range h.table.Activities {
		for _, e := range h.table.Outcomes(a) {
			claims = append(claims, g.Sometimes(fmt.Sprintf("reached_%s_%s", a.State, e),
				fmt.Sprintf("%s can end with %s", a.State, e), g.And(h.from.Is(uint8(i)), h.fired(e), g.Not(h.illegally()))))
		}
	}
	return claims
}
