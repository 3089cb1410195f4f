package fsm

import (
	"errors"
	"slices"
	"strings"
	"testing"
)

// small returns a valid table: A -go-> B -go-> End, and everything else to Fault.
func small() Table {
	return Table{
		Role: "small", Initial: "A", Terminal: []State{"End", "Fault"}, Good: []State{"End"},
		Events:     []Event{"go", "timedout", "failed", "shutdown"},
		Activities: []Activity{{"A", Write, "hello", "go"}, {"B", Count, "", "go"}},
		Transitions: []Transition{
			{"A", "go", "B"}, {"A", "timedout", "Fault"}, {"A", "failed", "Fault"}, {"A", "shutdown", "Fault"},
			{"B", "go", "End"}, {"B", "timedout", "Fault"}, {"B", "failed", "Fault"}, {"B", "shutdown", "Fault"},
		},
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
		{"unknown destination", func(t *Table) { t.Transitions[4].To = "Nowhere" }, ErrUnknownState, `"Nowhere" in B on go`},
		{"unknown source", func(t *Table) { t.Transitions = append(t.Transitions, Transition{"Nowhere", "go", "B"}) },
			ErrUnknownState, `"Nowhere" in Nowhere on go to B`},
		{"unknown event", func(t *Table) { t.Transitions[1].Event = "leap" }, ErrUnknownEvent, `"leap" in A`},
		{"unreachable", func(t *Table) { t.Transitions[0].To = "End" }, ErrUnreachable, "B"},
		{"unreachable but from each other", func(t *Table) {
			t.Terminal = append(t.Terminal, "C", "D")
			t.Transitions = append(t.Transitions, Transition{"C", "go", "D"}, Transition{"D", "go", "C"})
		}, ErrUnreachable, "C"},
		{"terminal exit", func(t *Table) { t.Transitions = append(t.Transitions, Transition{"End", "go", "A"}) },
			ErrTerminalExit, "End on go to A"},
		{"dead end", func(t *Table) { t.Transitions = t.Transitions[:4] }, ErrDeadEnd, "B"},
		{"self-transition", func(t *Table) { t.Transitions = append(t.Transitions, Transition{"B", "shutdown", "B"}) },
			ErrSelfTransition, "B on shutdown to B"},
		{"unknown action", func(t *Table) { t.Activities[1].Action = "sing" }, ErrAction, `"sing" in B`},
		{"no action", func(t *Table) { t.Activities[1].Action = "" }, ErrAction, `"" in B`},
		{"nothing to write", func(t *Table) { t.Activities[0].Text = "" }, ErrText, "A has nothing to write"},
		{"text to count", func(t *Table) { t.Activities[1].Text = "x" }, ErrText, `B has "x", and to count takes none`},
		{"an end that the activity cannot have", func(t *Table) { t.Activities[1].Ends = "stop" }, ErrOutcome, `B can end in "stop"`},
		{"no timeout", func(t *Table) { t.Transitions = slices.Delete(t.Transitions, 1, 2) }, ErrOutcome, `A can end in "timedout"`},
		{"no good end", func(t *Table) { t.Good = nil }, ErrGood, "of the terminal states [End Fault] the table names none"},
		{"good without an end", func(t *Table) { t.Good = append(t.Good, "B") }, ErrGood, "B is not terminal"},
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

// An activity can end in what the loop of transport/ makes of it, and in no
// more: a table needs no transition for what cannot happen.
func TestOutcomes(t *testing.T) {
	for action, want := range map[Action][]Event{
		Write:  {"go", TimedOut, Failed, Shutdown},
		Expect: {"go", Mismatched, Closed, TimedOut, Failed, Shutdown},
		Count:  {"go", TimedOut, Failed, Shutdown},
		Upload: {"go", TimedOut, Failed, Shutdown},
		Drain:  {"go", Mismatched, TimedOut, Failed, Shutdown},
		"sing": nil,
		"":     nil,
	} {
		if got := (Activity{State: "A", Action: action, Ends: "go"}).Outcomes(); !slices.Equal(got, want) {
			t.Errorf("%q: %v, want %v", action, got, want)
		}
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

// What an action needs is not asked of one that nobody knows.
func TestAnUnknownActionIsOneFault(t *testing.T) {
	table := small()
	table.Activities[1].Action, table.Activities[1].Text = "sing", "la"
	if err := table.Validate(); !errors.Is(err, ErrAction) || errors.Is(err, ErrText) || errors.Is(err, ErrOutcome) {
		t.Errorf("got %v", err)
	}
}

func TestCloneSharesNothing(t *testing.T) {
	table := small()
	c := table.Clone()
	c.Terminal[0], c.Good[0], c.Events[0], c.Activities[0].State, c.Transitions[0].To = "x", "x", "x", "x", "x"
	if err := table.Validate(); err != nil {
		t.Error(err)
	}
	if got := table.Possible("A"); !slices.Equal(got, table.Events) {
		t.Errorf("possible in A: %v", got)
	}
}
