package fsm

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"

	looplab "github.com/looplab/fsm"
)

// Observer is called after each change of state, from the goroutine that
// fired the event. It must not fire an event itself.
type Observer func(from State, event Event, to State)

// Machine runs one connection through a table. It belongs to one goroutine;
// [Machine.State] alone may be called from others. Use [NewMachine].
type Machine struct {
	table   *Table
	states  *looplab.FSM
	observe Observer
	firing  atomic.Bool
}

// NewMachine returns a machine in the table's initial state. The table need
// not be valid: of two transitions for the same state and event the later
// holds. A nil observer is told nothing.
func NewMachine(table *Table, observe Observer) *Machine {
	events := make(looplab.Events, len(table.Transitions))
	for i, tr := range table.Transitions {
		events[i] = looplab.EventDesc{Name: string(tr.Event), Src: []string{string(tr.From)}, Dst: string(tr.To)}
	}
	return &Machine{
		table:   table,
		states:  looplab.NewFSM(string(table.Initial), events, nil),
		observe: observe,
	}
}

// Reset puts the machine back into the table's initial state, for the next
// connection; building one costs more than running it. The observer is not
// told.
func (m *Machine) Reset() { m.states.SetState(string(m.table.Initial)) }

// State returns the present state.
func (m *Machine) State() State { return State(m.states.Current()) }

// Terminal reports whether the present state is terminal.
func (m *Machine) Terminal() bool { return m.table.IsTerminal(m.State()) }

// Activity returns what the transport has to do in the present state.
func (m *Machine) Activity() Activity { return m.table.Activity(m.State()) }

// Fire moves the machine along the transition that the table has for the
// present state and e, then calls the observer. Where the table has none, it
// returns an [*IllegalEventError] and changes nothing; so it does, with
// [ErrBusy], when it is called by the observer or by two goroutines at once.
// Any other error is the library's own and means a bug in this package.
func (m *Machine) Fire(e Event) error {
	if !m.firing.CompareAndSwap(false, true) {
		return fmt.Errorf("%w: event %s", ErrBusy, e)
	}
	defer m.firing.Store(false)

	from := m.State()
	// A context that can be cancelled would wedge looplab's machine for ever
	// (looplab/fsm#115); so would a panic in a leave_ callback, and there is none.
	if err := m.states.Event(context.Background(), string(e)); err != nil {
		if err := m.refused(from, e, err); err != nil {
			return err
		}
	}
	if m.observe != nil {
		m.observe(from, e, m.State())
	}
	return nil
}

// refused tells what an error of looplab's means; nil is no refusal but how it
// reports a self-transition.
func (m *Machine) refused(from State, e Event, err error) error {
	if _, stayed := errors.AsType[looplab.NoTransitionError](err); stayed {
		return nil
	}
	_, notHere := errors.AsType[looplab.InvalidEventError](err)
	_, nowhere := errors.AsType[looplab.UnknownEventError](err)
	if notHere || nowhere {
		return &IllegalEventError{Role: m.table.Role, State: from, Event: e, Possible: m.table.Possible(from)}
	}
	return fmt.Errorf("%s: event %q in state %s: %w", m.table.Role, e, from, err)
}

// ErrBusy is returned by [Machine.Fire] while another call of it has not returned.
var ErrBusy = errors.New("machine is busy with another event")

// IllegalEventError is an event that is no outcome of the state's activity: a
// bug of the program, not of its peer.
type IllegalEventError struct {
	Role     string
	State    State
	Event    Event
	Possible []Event // in the order of the table; empty in a terminal state
}

func (e *IllegalEventError) Error() string {
	return fmt.Sprintf("%s: event %q is not possible in state %s; possible: %v", e.Role, e.Event, e.State, e.Possible)
}
