package fsm_test

import (
	"slices"
	"testing"

	"accio/fsm"
	"accio/protocol"
)

// What a table does not say leads to where it says, and what it says stays.
func TestElse(t *testing.T) {
	table := fsm.Table{
		Initial: "A", Terminal: []fsm.State{"End", "Fault"}, Good: []fsm.State{"End"}, Events: []fsm.Event{"read"},
		Activities:  []fsm.Activity{fsm.In("A", fsm.Expect, "hi", "read"), fsm.In("B", fsm.Count, "", fsm.Closed)},
		Transitions: []fsm.Transition{fsm.On("A", "read", "B"), fsm.On("A", fsm.Closed, "End"), fsm.On("B", fsm.Closed, "End")},
	}
	whole := table.Else("Fault")
	want := []fsm.Transition{
		fsm.On("A", "read", "B"), fsm.On("A", fsm.Closed, "End"), fsm.On("B", fsm.Closed, "End"),
		fsm.On("A", fsm.Mismatched, "Fault"), fsm.On("A", fsm.TimedOut, "Fault"), fsm.On("A", fsm.Failed, "Fault"), fsm.On("A", fsm.Shutdown, "Fault"),
		fsm.On("B", fsm.TimedOut, "Fault"), fsm.On("B", fsm.Failed, "Fault"), fsm.On("B", fsm.Shutdown, "Fault"),
	}
	if !slices.Equal(whole.Transitions, want) || len(table.Transitions) != 3 {
		t.Errorf("%v", whole.Transitions)
	}
	if want := []fsm.Event{"read", fsm.Mismatched, fsm.Closed, fsm.TimedOut, fsm.Failed, fsm.Shutdown}; !slices.Equal(whole.Events, want) {
		t.Errorf("%v", whole.Events)
	}
	if err := whole.Validate(); err != nil {
		t.Error(err)
	}
}

func TestIsGood(t *testing.T) {
	for _, table := range []*fsm.Table{&protocol.Server, &protocol.Client} {
		if !table.IsGood(protocol.Done) || table.IsGood(protocol.Error) || table.IsGood(table.Initial) {
			t.Errorf("%s: good are %v, want Done alone", table.Role, table.Good)
		}
	}
	none := protocol.Server.Clone()
	if none.Good = nil; none.IsGood(protocol.Done) {
		t.Error("an end that the table does not name is good")
	}
}
