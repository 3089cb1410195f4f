package learn

import (
	"slices"
	"strings"

	"accio/fsm"
)

// The marks of a transition that the table and the program do not have both. They
// are no colours, so that everybody sees them.
const (
	added   = "+ " // the program has it
	missing = "− " // the table has it
)

// Picture returns a table to be drawn: that of the contract, with what the program
// does otherwise. A state keeps its place; one that only the program has is called
// extra.
func (m *Model) Picture() fsm.Table {
	t := m.table.Clone()
	for _, d := range m.Differences {
		label := string(d.Event)
		if !d.Always || label == "" {
			label = "at the beginning"
			if len(d.Word) > 0 {
				label = d.Word[len(d.Word)-1]
				if text, ok := Text(label); ok {
					label = text // a picture quotes by itself
				}
			}
		} else if i := slices.IndexFunc(t.Transitions, func(tr fsm.Transition) bool { return tr.From == d.State && tr.Event == d.Event }); i >= 0 {
			t.Transitions[i].Event = fsm.Event(missing + label)
			t.Events = append(t.Events, t.Transitions[i].Event)
			if a := slices.IndexFunc(t.Activities, func(a fsm.Activity) bool { return a.State == d.State && a.Ends == d.Event }); a >= 0 {
				t.Activities[a].Ends = t.Transitions[i].Event // the way of the good session stays where it is
			}
		}
		tr := fsm.On(d.State, fsm.Event(added+label), fsm.State(short(d.To)))
		if !slices.Contains(t.Transitions, tr) {
			t.Transitions, t.Events = append(t.Transitions, tr), append(t.Events, tr.Event)
		}
	}
	return t
}

// short is the state of the table that a learned state is in, or its own name.
func short(name string) string {
	state, _, _ := strings.Cut(name, ",")
	return state
}

// AsTable returns the table that the program follows, for the checker. What it does
// at an event with some inputs only, it does with all. Left out is what a table
// cannot say: extra states, and wrong numbers and words. States that the program
// does not come to are none of it; where that is the good end, no table is valid.
func (m *Model) AsTable() fsm.Table {
	t := m.table.Clone()
	for _, d := range m.Differences {
		i := slices.IndexFunc(t.Transitions, func(tr fsm.Transition) bool { return tr.From == d.State && tr.Event == d.Event })
		to := fsm.State(short(d.To))
		if i < 0 || !slices.Contains(t.States(), to) {
			continue
		}
		if to == d.State { // a table has no transition from a state to itself
			to = again(&t, d.State)
			back := slices.IndexFunc(t.Transitions, func(tr fsm.Transition) bool { return tr.From == to && tr.Event == d.Event })
			t.Transitions[back].To = d.State
		}
		t.Transitions[i].To = to
	}
	prune(&t)
	return t
}

// prune leaves out the states that cannot be reached, but for the ends.
func prune(t *fsm.Table) {
	reached := map[fsm.State]bool{t.Initial: true}
	for queue := []fsm.State{t.Initial}; len(queue) > 0; queue = queue[1:] {
		for _, tr := range t.Transitions {
			if tr.From == queue[0] && !reached[tr.To] {
				reached[tr.To] = true
				queue = append(queue, tr.To)
			}
		}
	}
	t.Activities = slices.DeleteFunc(t.Activities, func(a fsm.Activity) bool { return !reached[a.State] })
	t.Transitions = slices.DeleteFunc(t.Transitions, func(tr fsm.Transition) bool { return !reached[tr.From] })
}

// again adds a state that is as another, so that the two can follow each other.
func again(t *fsm.Table, s fsm.State) fsm.State {
	twin := s + "Again"
	if slices.Contains(t.States(), twin) {
		return twin
	}
	a := t.Activity(s)
	a.State = twin
	t.Activities = append(t.Activities, a)
	for _, tr := range slices.Clone(t.Transitions) {
		if tr.From == s {
			t.Transitions = append(t.Transitions, fsm.On(twin, tr.Event, tr.To))
		}
	}
	return twin
}
