package model

import (
	"slices"

	"accio/fsm"
	g "accio/model/guarded"
)

// straight reports whether a session of the table goes straight on: what does not
// lead to an end is the success of an activity and leads to the next in the order of
// the table, and only the last one counts. Of other tables less is claimed.
func straight(t *fsm.Table) bool {
	for i, a := range t.Activities {
		last := i == len(t.Activities)-1
		if a.Action == fsm.Count && !last {
			return false
		}
		for _, tr := range t.Transitions {
			if tr.From == a.State && !t.IsTerminal(tr.To) && (tr.Event != a.Ends || last || tr.To != t.Activities[i+1].State) {
				return false
			}
		}
	}
	return true
}

// back reports whether a transition leads to the activity it comes from, or to one
// before it. Every circle has such a transition.
func back(t *fsm.Table, tr fsm.Transition) bool {
	place := func(s fsm.State) int {
		return slices.IndexFunc(t.Activities, func(a fsm.Activity) bool { return a.State == s })
	}
	return !t.IsTerminal(tr.To) && place(tr.To) <= place(tr.From)
}

// backwards is true if the last event has led back.
func (h *history) backwards() g.Expr {
	var any []g.Expr
	for _, tr := range h.table.Transitions {
		if back(h.table, tr) {
			any = append(any, g.And(h.from.Is(h.code(tr.From, true)), h.fired(tr.Event)))
		}
	}
	return g.Or(any...)
}

// comesToAnEnd claims that a run ends, but for those in which something goes on for ever.
func (h *history) comesToAnEnd(counted *g.Var) g.Claim {
	ends := g.Eventually("ends", "every run ends, with one line", h.lines.Is(1))
	if h.round == nil {
		return ends.Unless("the client sends, and the server counts", counted.Is(1))
	}
	return ends.Unless("the server counts what is sent, or goes back", g.Or(counted.Is(1), h.round.Is(1)))
}
