package fsm_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"accio/fsm"
)

// small returns a valid table: A -go-> B -go-> End, and everything else to Fault.
func small() fsm.Table {
	return fsm.Table{
		Role: "small", Initial: "A", Terminal: []fsm.State{"End", "Fault"}, Good: []fsm.State{"End"},
		Events:     []fsm.Event{"go", "timedout", "failed", "shutdown"},
		Activities: []fsm.Activity{{"A", fsm.Write, "hello", "go"}, {"B", fsm.Count, "", "go"}},
		Transitions: []fsm.Transition{
			{"A", "go", "B"}, {"A", "timedout", "Fault"}, {"A", "failed", "Fault"}, {"A", "shutdown", "Fault"},
			{"B", "go", "End"}, {"B", "timedout", "Fault"}, {"B", "failed", "Fault"}, {"B", "shutdown", "Fault"},
		},
		Hints: []fsm.Hint{{fsm.Reset, "B", "B is slow"}, {fsm.Reset, "", "it may be tired"}, {fsm.Reset, "A", "too late"}},
	}
}

func TestValidateNamesTheCulprit(t *testing.T) {
	for _, test := range []struct {
		name    string
		change  func(*fsm.Table)
		want    error
		culprit string
	}{
		{"nothing", func(*fsm.Table) {}, nil, ""},
		{"duplicate cell", func(t *fsm.Table) { t.Transitions = append(t.Transitions, fsm.On("A", "go", "End")) },
			fsm.ErrDuplicate, "A on go to End"},
		{"duplicate activity", func(t *fsm.Table) { t.Activities = append(t.Activities, fsm.Activity{State: "B", Ends: "go"}) },
			fsm.ErrDuplicate, "state B"},
		{"activity of a terminal state", func(t *fsm.Table) { t.Activities = append(t.Activities, fsm.Activity{State: "End", Ends: "go"}) },
			fsm.ErrDuplicate, "state End"},
		{"unknown initial state", func(t *fsm.Table) { t.Initial = "Nowhere" }, fsm.ErrUnknownState, `"Nowhere" is initial`},
		{"unknown destination", func(t *fsm.Table) { t.Transitions[4].To = "Nowhere" }, fsm.ErrUnknownState, `"Nowhere" in B on go`},
		{"unknown source", func(t *fsm.Table) { t.Transitions = append(t.Transitions, fsm.On("Nowhere", "go", "B")) },
			fsm.ErrUnknownState, `"Nowhere" in Nowhere on go to B`},
		{"unknown event", func(t *fsm.Table) { t.Transitions[1].Event = "leap" }, fsm.ErrUnknownEvent, `"leap" in A`},
		{"a state without a name", func(t *fsm.Table) { t.Terminal[1] = "" }, fsm.ErrUnknownState, `"" is no name`},
		{"an event without a name", func(t *fsm.Table) { t.Events = append(t.Events, "") }, fsm.ErrUnknownEvent, `"" is no name`},
		{"duplicate event", func(t *fsm.Table) { t.Events = append(t.Events, "go") }, fsm.ErrDuplicate, "event go"},
		{"unreachable", func(t *fsm.Table) { t.Transitions[0].To = "End" }, fsm.ErrUnreachable, "B"},
		{"unreachable but from each other", func(t *fsm.Table) {
			t.Terminal = append(t.Terminal, "C", "D")
			t.Transitions = append(t.Transitions, fsm.On("C", "go", "D"), fsm.On("D", "go", "C"))
		}, fsm.ErrUnreachable, "C"},
		{"terminal exit", func(t *fsm.Table) { t.Transitions = append(t.Transitions, fsm.On("End", "go", "A")) },
			fsm.ErrTerminalExit, "End on go to A"},
		{"dead end", func(t *fsm.Table) { t.Transitions = t.Transitions[:4] }, fsm.ErrDeadEnd, "B"},
		{"self-transition", func(t *fsm.Table) { t.Transitions = append(t.Transitions, fsm.On("B", "shutdown", "B")) },
			fsm.ErrSelfTransition, "B on shutdown to B"},
		{"unknown action", func(t *fsm.Table) { t.Activities[1].Action = "sing" }, fsm.ErrAction, `"sing" in B`},
		{"no action", func(t *fsm.Table) { t.Activities[1].Action = "" }, fsm.ErrAction, `"" in B`},
		{"nothing to write", func(t *fsm.Table) { t.Activities[0].Text = "" }, fsm.ErrText, "A has nothing to write"},
		{"text to count", func(t *fsm.Table) { t.Activities[1].Text = "x" }, fsm.ErrText, `B has "x", and to count takes none`},
		{"an end that the activity cannot have", func(t *fsm.Table) { t.Activities[1].Ends = "stop" }, fsm.ErrOutcome, `B can end in "stop"`},
		{"no timeout", func(t *fsm.Table) { t.Transitions = slices.Delete(t.Transitions, 1, 2) }, fsm.ErrOutcome, `A can end in "timedout"`},
		{"no good end", func(t *fsm.Table) { t.Good = nil }, fsm.ErrGood, "of the terminal states [End Fault] the table names none"},
		{"a hint at no time", func(t *fsm.Table) { t.Hints[1].When = "always" }, fsm.ErrHint, `"always", which is no time for one`},
		{"a hint in no state", func(t *fsm.Table) { t.Hints[0].State = "Nowhere" }, fsm.ErrUnknownState, `"Nowhere" in a hint`},
		{"an empty hint", func(t *fsm.Table) { t.Hints[0].Text = "" }, fsm.ErrHint, `reset in "B", which is empty`},
		{"good without an end", func(t *fsm.Table) { t.Good = append(t.Good, "B") }, fsm.ErrGood, "B is not terminal"},
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
	for action, want := range map[fsm.Action][]fsm.Event{
		fsm.Write:  {"go", fsm.TimedOut, fsm.Failed, fsm.Shutdown},
		fsm.Expect: {"go", fsm.Mismatched, fsm.Closed, fsm.TimedOut, fsm.Failed, fsm.Shutdown},
		fsm.Count:  {"go", fsm.TimedOut, fsm.Failed, fsm.Shutdown},
		fsm.Upload: {"go", fsm.TimedOut, fsm.Failed, fsm.Shutdown},
		fsm.Drain:  {"go", fsm.Mismatched, fsm.TimedOut, fsm.Failed, fsm.Shutdown},
		"sing":     nil,
		"":         nil,
	} {
		if got := new(fsm.Table).Outcomes(fsm.Activity{State: "A", Action: action, Ends: "go"}); !slices.Equal(got, want) {
			t.Errorf("%q: %v, want %v", action, got, want)
		}
		if want != nil {
			want = append(want, fsm.Aborted)
		}
		if got := (&fsm.Table{Events: []fsm.Event{fsm.Aborted}}).Outcomes(fsm.Activity{State: "A", Action: action, Ends: "go"}); !slices.Equal(got, want) {
			t.Errorf("%q, of a table that has aborted: %v, want %v", action, got, want)
		}
	}
}

// An action of the table's own can end in what is said of it, and needs no more.
func TestOwnActions(t *testing.T) {
	table := small()
	table.Activities[1].Action, table.Activities[1].Text = "sing", "la"
	table.Own = []fsm.Own{{Action: "dance"}}
	if err := table.Validate(); !errors.Is(err, fsm.ErrAction) {
		t.Errorf("without its action: %v", err)
	}
	table.Own = append(table.Own, fsm.Own{Action: "sing", Events: []fsm.Event{"applauded", fsm.Closed}})
	want := []fsm.Event{"go", "applauded", fsm.Closed, fsm.TimedOut, fsm.Failed, fsm.Shutdown}
	if got := table.Outcomes(table.Activities[1]); !slices.Equal(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
	if err := table.Validate(); !errors.Is(err, fsm.ErrOutcome) || !strings.Contains(err.Error(), `B can end in "applauded"`) {
		t.Errorf("without two transitions: %v", err)
	}
	whole := table.Else("Fault")
	if to, _ := whole.Next("B", "applauded"); to != "Fault" || whole.Validate() != nil {
		t.Errorf("applauded leads to %q; %v", to, whole.Validate())
	}
	whole.Own[1].Events[0] = "booed"
	if len(table.Own[1].Events) != 2 || table.Own[1].Events[0] != "applauded" {
		t.Errorf("its events are now %v", table.Own[1].Events)
	}
	for _, known := range []fsm.Action{"", "dance", fsm.Write, fsm.Expect, fsm.Count, fsm.Upload, fsm.Drain} {
		twice := table.Clone()
		twice.Own = append(twice.Own, fsm.Own{Action: known})
		if err := twice.Validate(); !errors.Is(err, fsm.ErrDuplicate) || !strings.Contains(err.Error(), fmt.Sprintf("action %q", known)) {
			t.Errorf("%q again: %v", known, err)
		}
	}
}

// Every fault is told, not only the first.
func TestValidateTellsEveryFault(t *testing.T) {
	table := small()
	table.Initial = "Nowhere"
	table.Transitions[1].Event = "leap"
	for _, want := range []error{fsm.ErrUnknownState, fsm.ErrUnknownEvent, fsm.ErrUnreachable} {
		if err := table.Validate(); !errors.Is(err, want) {
			t.Errorf("%v lacks %v", err, want)
		}
	}
}

// What an action needs is not asked of one that nobody knows.
func TestAnUnknownActionIsOneFault(t *testing.T) {
	table := small()
	table.Activities[1].Action, table.Activities[1].Text = "sing", "la"
	if err := table.Validate(); !errors.Is(err, fsm.ErrAction) || errors.Is(err, fsm.ErrText) || errors.Is(err, fsm.ErrOutcome) {
		t.Errorf("got %v", err)
	}
}

// The first hint that fits is given.
func TestHints(t *testing.T) {
	table := small()
	for _, test := range []struct {
		when  fsm.When
		state fsm.State
		want  string
	}{
		{fsm.Reset, "B", "B is slow"}, {fsm.Reset, "A", "it may be tired"}, {fsm.Reset, "End", "it may be tired"}, {fsm.Silent, "B", ""},
	} {
		if got := table.Hint(test.when, test.state); got != test.want {
			t.Errorf("%s in %s: %q, want %q", test.when, test.state, got, test.want)
		}
	}
}

func TestCloneSharesNothing(t *testing.T) {
	table := small()
	c := table.Clone()
	c.Terminal[0], c.Good[0], c.Events[0], c.Activities[0].State, c.Transitions[0].To, c.Hints[0].Text = "x", "x", "x", "x", "x", ""
	if err := table.Validate(); err != nil {
		t.Error(err)
	}
	if got := table.Possible("A"); !slices.Equal(got, table.Events) {
		t.Errorf("possible in A: %v", got)
	}
}
