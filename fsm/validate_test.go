package fsm

import (
	"errors"
	"slices"
	"strings"
	"testing"
)

// small returns a valid table: A -go-> B -go-> End, and A -stop-> End.
func small() Table {
	return Table{
		Role: "small", Initial: "A", Terminal: []State{"End"}, Events: []Event{"go", "stop"},
		Activities:  []Activity{{State: "A", Ends: "go"}, {State: "B", Ends: "go"}},
		Transitions: []Transition{{"A", "go", "B"}, {"A", "stop", "End"}, {"B", "go", "End"}},
	}
}

func TestValidateNamesTheCulprit(t *testing.T) {
	for _, test := range []struct {
		name    string
		change  func(*Table)
		want    error
		culprit string
	}{
		{"nothing", func(*Table) {}, nil, ""},
		{"duplicate cell", func(t *Table) { t.Transitions = append(t.Transitions, Transition{"A", "go", "End"}) },
			ErrDuplicate, "A on go to End"},
		{"duplicate activity", func(t *Table) { t.Activities = append(t.Activities, Activity{State: "B", Ends: "go"}) },
			ErrDuplicate, "state B"},
		{"activity of a terminal state", func(t *Table) { t.Activities = append(t.Activities, Activity{State: "End", Ends: "go"}) },
			ErrDuplicate, "state End"},
		{"unknown initial state", func(t *Table) { t.Initial = "Nowhere" }, ErrUnknownState, `"Nowhere" is initial`},
		{"unknown destination", func(t *Table) { t.Transitions[2].To = "Nowhere" }, ErrUnknownState, `"Nowhere" in B on go`},
		{"unknown source", func(t *Table) { t.Transitions = append(t.Transitions, Transition{"Nowhere", "go", "B"}) },
			ErrUnknownState, `"Nowhere" in Nowhere on go to B`},
		{"unknown event", func(t *Table) { t.Transitions[1].Event = "leap" }, ErrUnknownEvent, `"leap" in A`},
		{"unreachable", func(t *Table) { t.Transitions[0].To = "End" }, ErrUnreachable, "B"},
		{"terminal exit", func(t *Table) { t.Transitions = append(t.Transitions, Transition{"End", "go", "A"}) },
			ErrTerminalExit, "End on go to A"},
		{"dead end", func(t *Table) { t.Transitions = t.Transitions[:2] }, ErrDeadEnd, "B"},
		{"self-transition", func(t *Table) { t.Transitions = append(t.Transitions, Transition{"B", "stop", "B"}) },
			ErrSelfTransition, "B on stop to B"},
		{"activity without its transition", func(t *Table) { t.Activities[1].Ends = "stop" }, ErrActivity, `B has no transition on "stop"`},
	} {
		t.Run(test.name, func(t *testing.T) {
			table := small()
			test.change(&table)
			err := table.Validate()
			if !errors.Is(err, test.want) {
				t.Fatalf("got %v, want %v", err, test.want)
			}
			if err != nil && !strings.Contains(err.Error(), test.want.Error()+": "+test.culprit) {
				t.Errorf("%q does not name %q", err, test.culprit)
			}
		})
	}
}

// Every fault is told, not only the first.
func TestValidateTellsEveryFault(t *testing.T) {
	table := small()
	table.Initial = "Nowhere"
	table.Transitions[1].Event = "leap"
	for _, want := range []error{ErrUnknownState, ErrUnknownEvent, ErrUnreachable} {
		if err := table.Validate(); !errors.Is(err, want) {
			t.Errorf("%v lacks %v", err, want)
		}
	}
}

func TestCloneSharesNothing(t *testing.T) {
	table := small()
	c := table.Clone()
	c.Terminal[0], c.Events[0], c.Activities[0].State, c.Transitions[0].To = "x", "x", "x", "x"
	if err := table.Validate(); err != nil {
		t.Error(err)
	}
	if got := table.Possible("A"); !slices.Equal(got, []Event{"go", "stop"}) {
		t.Errorf("possible in A: %v", got)
	}
}
