package diagram

import (
	"cmp"
	"slices"

	"accio/fsm"
)

// edge is all that leads from one state to another.
type edge struct {
	from, to fsm.State
	events   []fsm.Event
}

// edges merges the transitions between the same two states. The order is that
// of the states they leave; of those that leave one state, the one that carries
// the good end of its activity comes first, for otherwise Mermaid 11 may lay one
// label on another; then that of the table.
func edges(t *fsm.Table) []edge {
	var merged []edge
	for _, tr := range t.Transitions {
		i := slices.IndexFunc(merged, func(e edge) bool { return e.from == tr.From && e.to == tr.To })
		if i < 0 {
			i = len(merged)
			merged = append(merged, edge{from: tr.From, to: tr.To})
		}
		merged[i].events = append(merged[i].events, tr.Event)
	}
	list := allStates(t)
	slices.SortStableFunc(merged, func(a, b edge) int {
		return cmp.Or(
			cmp.Compare(slices.Index(list, a.from), slices.Index(list, b.from)),
			cmp.Compare(a.rank(t), b.rank(t)))
	})
	return merged
}

// rank is 0 if the edge carries the event that ends its state's activity as it
// should, else 1.
func (e edge) rank(t *fsm.Table) int {
	if slices.Contains(e.events, t.Activity(e.from).Ends) {
		return 0
	}
	return 1
}

// allStates returns the declared states, then any other that a transition names,
// so that the drawing of a broken table shows what is broken.
func allStates(t *fsm.Table) []fsm.State {
	list := t.States()
	for _, tr := range t.Transitions {
		for _, s := range []fsm.State{tr.From, tr.To} {
			if !slices.Contains(list, s) {
				list = append(list, s)
			}
		}
	}
	return list
}

// allEvents returns the alphabet, then any other event that a transition names.
func allEvents(t *fsm.Table) []fsm.Event {
	list := slices.Clone(t.Events)
	for _, tr := range t.Transitions {
		if !slices.Contains(list, tr.Event) {
			list = append(list, tr.Event)
		}
	}
	return list
}
