package fsm_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"

	"accio/fsm"
	"accio/protocol"

	looplab "github.com/looplab/fsm"
)

func fire(t *testing.T, m *fsm.Machine, events ...fsm.Event) {
	t.Helper()
	for _, e := range events {
		if err := m.Fire(e); err != nil {
			t.Fatal(err)
		}
	}
}

func TestMachineFollowsTheGoodPath(t *testing.T) {
	for _, table := range []*fsm.Table{&protocol.Server, &protocol.Client} {
		m := fsm.NewMachine(table, nil)
		var path []fsm.State
		for !m.Terminal() {
			path = append(path, m.State())
			fire(t, m, m.Activity().Ends)
		}
		if m.State() != protocol.Done || len(path) != len(table.Activities) {
			t.Errorf("%s: %v, then %s", table.Role, path, m.State())
		}
		if m.Activity() != (fsm.Activity{}) {
			t.Errorf("%s: activity %v in a terminal state", table.Role, m.Activity())
		}
	}
}

func TestResetBeginsAnew(t *testing.T) {
	observed := 0
	m := fsm.NewMachine(&protocol.Server, func(fsm.State, fsm.Event, fsm.State) { observed++ })
	for _, path := range [][]fsm.Event{{}, {protocol.Sent}, {fsm.Failed}, {protocol.Sent, protocol.Confirmed, protocol.Sent, protocol.Confirmed, fsm.Closed}} {
		observed = 0
		fire(t, m, path...)
		m.Reset()
		if m.State() != protocol.Server.Initial || m.Terminal() || observed != len(path) {
			t.Errorf("after %v: in %s, observed %d", path, m.State(), observed)
		}
	}
	fire(t, m, protocol.Sent, fsm.Mismatched)
	if m.State() != protocol.Error {
		t.Errorf("after the last reset: in %s", m.State())
	}
}

func TestIllegalEventErrorSaysWhatWasPossible(t *testing.T) {
	err := fsm.NewMachine(&protocol.Server, nil).Fire(protocol.Confirmed)
	want := `server: event "confirmed" is not possible in state SendAccio1; possible: [sent timedout failed shutdown aborted]`
	if err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
}

// The tests below are named for the traps of looplab/fsm v1.0.3. Where a trap
// can be shown on the bare library it is, so that an upgrade which mends it is
// noticed; then it is shown that Machine does not fall into it.

func bare() *looplab.FSM {
	return looplab.NewFSM("A", looplab.Events{{Name: "go", Src: []string{"A"}, Dst: "B"}, {Name: "go", Src: []string{"B"}, Dst: "C"}}, nil)
}

// looplab/fsm#115. Fire takes no context, so that none can be cancelled.
func TestTrapCancelledContextWedges(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	f := bare()
	first := f.Event(ctx, "go")
	if second := f.Event(context.Background(), "go"); !errors.Is(first, context.Canceled) || second == nil {
		t.Errorf("the library does not wedge any more: %v, then %v", first, second)
	}
	var _ func(*fsm.Machine, fsm.Event) error = (*fsm.Machine).Fire
}

// A library that refuses for a reason of its own is not taken for a table
// without the transition: the error keeps what the library said.
func TestTrapWedgedLibraryIsNoIllegalEvent(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	m := fsm.NewMachine(&protocol.Server, func(fsm.State, fsm.Event, fsm.State) { t.Error("the observer was told") })
	m.Library().Event(ctx, string(protocol.Sent))
	err := m.Fire(protocol.Sent)
	var illegal *fsm.IllegalEventError
	var cause looplab.InTransitionError
	if errors.As(err, &illegal) || !errors.As(err, &cause) {
		t.Fatalf("%v (%[1]T), want one that wraps looplab's InTransitionError", err)
	}
	if want := `server: event "sent" in state SendAccio1: ` + cause.Error(); err.Error() != want {
		t.Errorf("got %q, want %q", err, want)
	}
}

// A panic in a leave_ callback wedges the library's machine. Machine installs
// no callback; its observer runs after the change, and a panic in it leaves
// the machine where the event led, ready for the next.
func TestTrapPanicInCallbackWedges(t *testing.T) {
	panics := true
	m := fsm.NewMachine(&protocol.Server, func(fsm.State, fsm.Event, fsm.State) {
		if panics {
			panic("observer")
		}
	})
	func() {
		defer func() { recover() }()
		m.Fire(protocol.Sent)
	}()
	panics = false
	if m.State() != protocol.AwaitConfirm1 {
		t.Fatalf("in %s after the panic", m.State())
	}
	fire(t, m, protocol.Confirmed)
}

// looplab/fsm#36: an event fired from a callback deadlocks, or runs before the
// callbacks of the event that caused it. From the observer it is refused.
func TestTrapNestedEvent(t *testing.T) {
	var m *fsm.Machine
	var nested error
	m = fsm.NewMachine(&protocol.Server, func(fsm.State, fsm.Event, fsm.State) { nested = m.Fire(protocol.Confirmed) })
	fire(t, m, protocol.Sent)
	if !errors.Is(nested, fsm.ErrBusy) || m.State() != protocol.AwaitConfirm1 {
		t.Errorf("nested event: %v, now in %s", nested, m.State())
	}
}

// Two goroutines that fire race inside the library. Machine lets one in.
func TestTrapTwoGoroutines(t *testing.T) {
	inside, leave := make(chan bool), make(chan bool)
	m := fsm.NewMachine(&protocol.Server, func(fsm.State, fsm.Event, fsm.State) { inside <- true; <-leave })
	done := make(chan error)
	go func() { done <- m.Fire(protocol.Sent) }()
	select {
	case <-inside:
	case err := <-done:
		t.Fatalf("the observer was not told: %v", err)
	}
	var wait sync.WaitGroup
	for range 8 {
		wait.Go(func() {
			if err := m.Fire(protocol.Confirmed); !errors.Is(err, fsm.ErrBusy) {
				t.Errorf("second goroutine: %v", err)
			}
			m.State()
		})
	}
	wait.Wait()
	close(leave)
	if err := <-done; err != nil || m.State() != protocol.AwaitConfirm1 {
		t.Errorf("first goroutine: %v, now in %s", err, m.State())
	}
}

// looplab/fsm#19, #110: a self-transition, which a broken table may have, is
// reported by the library as an error.
func TestTrapSelfTransition(t *testing.T) {
	table := small()
	table.Transitions[0].To = "A"
	var seen []string
	m := fsm.NewMachine(&table, func(from fsm.State, e fsm.Event, to fsm.State) { seen = append(seen, fmt.Sprint(from, e, to)) })
	fire(t, m, "go", "shutdown")
	if want := []string{"AgoA", "AshutdownFault"}; !slices.Equal(seen, want) {
		t.Errorf("observed %v, want %v", seen, want)
	}
}

// The library takes callbacks named for states, for events, and for all of
// them, in one map. Machine has none, so any name will do.
func TestTrapNamesOfGeneralCallbacks(t *testing.T) {
	table := fsm.Table{
		Initial: "state", Terminal: []fsm.State{"enter_state"}, Events: []fsm.Event{"event", "before_event"},
		Activities:  []fsm.Activity{{State: "state", Ends: "event"}, {State: "event", Ends: "before_event"}},
		Transitions: []fsm.Transition{fsm.On("state", "event", "event"), fsm.On("event", "before_event", "enter_state")},
	}
	m := fsm.NewMachine(&table, nil)
	fire(t, m, "event", "before_event")
	if !m.Terminal() {
		t.Errorf("in %s", m.State())
	}
}

// The library accepts an initial state that is in no transition, and of two
// transitions for one cell it keeps the later. Machine says so, and Validate
// tells (see TestValidateNamesTheCulprit).
func TestTrapNoValidation(t *testing.T) {
	table := small()
	table.Transitions = append(table.Transitions, fsm.On("A", "go", "End"))
	m := fsm.NewMachine(&table, nil)
	fire(t, m, "go")
	if to, _ := table.Next("A", "go"); m.State() != "End" || to != "End" {
		t.Errorf("duplicate cell: machine in %s, table says %s, want End", m.State(), to)
	}
	table.Initial = "Nowhere"
	err := fsm.NewMachine(&table, nil).Fire("go")
	if err == nil || !strings.Contains(err.Error(), `state Nowhere; possible: []`) {
		t.Errorf("unknown initial state: %v", err)
	}
}
