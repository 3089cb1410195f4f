package fsm

import (
	"errors"
	"fmt"
	"slices"
)

// What [Table.Validate] finds. Each error it returns wraps one of these and
// names the culprit.
var (
	ErrDuplicate      = errors.New("declared twice")
	ErrUnknownState   = errors.New("unknown state")
	ErrUnknownEvent   = errors.New("unknown event")
	ErrUnreachable    = errors.New("unreachable state")
	ErrTerminalExit   = errors.New("terminal state with an exit")
	ErrDeadEnd        = errors.New("non-terminal state without an exit")
	ErrSelfTransition = errors.New("self-transition")
	ErrAction         = errors.New("unknown action")
	ErrText           = errors.New("text that does not fit the action")
	ErrOutcome        = errors.New("outcome without a transition")
	ErrGood           = errors.New("good end that is none")
	ErrHint           = errors.New("hint that is never given")
)

// Validate returns every fault of the table, joined, or nil.
func (t *Table) Validate() error {
	return errors.Join(t.validateStates(), t.validateTransitions(), t.validateActivities(), t.validateEnds(), t.validatePaths(), t.validateHints())
}

func (t *Table) validateStates() error {
	var errs []error
	seen := map[State]bool{}
	for _, s := range t.States() {
		if seen[s] {
			errs = append(errs, fmt.Errorf("%w: state %s", ErrDuplicate, s))
		}
		seen[s] = true
		if s == "" {
			errs = append(errs, fmt.Errorf("%w: %q is no name", ErrUnknownState, s))
		}
	}
	if !seen[t.Initial] {
		errs = append(errs, fmt.Errorf("%w: %q is initial", ErrUnknownState, t.Initial))
	}
	return errors.Join(errs...)
}

func (t *Table) validateTransitions() error {
	type cell struct {
		State
		Event
	}
	var errs []error
	states, events, seen := set(t.States()), map[Event]bool{}, map[cell]bool{}
	for _, e := range t.Events {
		if events[e] {
			errs = append(errs, fmt.Errorf("%w: event %s", ErrDuplicate, e))
		}
		if e == "" {
			errs = append(errs, fmt.Errorf("%w: %q is no name", ErrUnknownEvent, e))
		}
		events[e] = true
	}
	for _, tr := range t.Transitions {
		at := fmt.Sprintf("%s on %s to %s", tr.From, tr.Event, tr.To)
		if seen[cell{tr.From, tr.Event}] {
			errs = append(errs, fmt.Errorf("%w: %s", ErrDuplicate, at))
		}
		seen[cell{tr.From, tr.Event}] = true
		for _, s := range []State{tr.From, tr.To} {
			if !states[s] {
				errs = append(errs, fmt.Errorf("%w: %q in %s", ErrUnknownState, s, at))
			}
		}
		if !events[tr.Event] {
			errs = append(errs, fmt.Errorf("%w: %q in %s", ErrUnknownEvent, tr.Event, at))
		}
		if t.IsTerminal(tr.From) {
			errs = append(errs, fmt.Errorf("%w: %s", ErrTerminalExit, at))
		}
		if tr.From == tr.To {
			errs = append(errs, fmt.Errorf("%w: %s", ErrSelfTransition, at))
		}
	}
	return errors.Join(errs...)
}

func (t *Table) validateActivities() error {
	var errs []error
	known := map[Action]bool{"": true, Write: true, Expect: true, Count: true, Upload: true, Drain: true}
	for _, o := range t.Own {
		if known[o.Action] {
			errs = append(errs, fmt.Errorf("%w: action %q", ErrDuplicate, o.Action))
		}
		known[o.Action] = true
	}
	for _, a := range t.Activities {
		outcomes := t.Outcomes(a)
		if outcomes == nil {
			errs = append(errs, fmt.Errorf("%w: %q in %s", ErrAction, a.Action, a.State))
		}
		switch spoken := a.Action == Write || a.Action == Expect; {
		case spoken && a.Text == "":
			errs = append(errs, fmt.Errorf("%w: %s has nothing to %s", ErrText, a.State, a.Action))
		case !spoken && a.Text != "" && slices.Contains([]Action{Count, Upload, Drain}, a.Action):
			errs = append(errs, fmt.Errorf("%w: %s has %q, and to %s takes none", ErrText, a.State, a.Text, a.Action))
		}
		for _, e := range outcomes {
			if _, ok := t.Next(a.State, e); !ok {
				errs = append(errs, fmt.Errorf("%w: %s can end in %q", ErrOutcome, a.State, e))
			}
		}
	}
	return errors.Join(errs...)
}

// validateEnds wants one good end at least, so that not every connection fails.
func (t *Table) validateEnds() error {
	var errs []error
	for _, s := range t.Good {
		if !t.IsTerminal(s) {
			errs = append(errs, fmt.Errorf("%w: %s is not terminal", ErrGood, s))
		}
	}
	if len(t.Good) == 0 {
		errs = append(errs, fmt.Errorf("%w: of the terminal states %v the table names none", ErrGood, t.Terminal))
	}
	return errors.Join(errs...)
}

func (t *Table) validatePaths() error {
	reached := map[State]bool{t.Initial: true}
	for queue := []State{t.Initial}; len(queue) > 0; queue = queue[1:] {
		for _, tr := range t.Transitions {
			if tr.From == queue[0] && !reached[tr.To] {
				reached[tr.To] = true
				queue = append(queue, tr.To)
			}
		}
	}
	var errs []error
	for _, s := range t.States() {
		if !reached[s] {
			errs = append(errs, fmt.Errorf("%w: %s", ErrUnreachable, s))
		}
		if !t.IsTerminal(s) && len(t.Possible(s)) == 0 {
			errs = append(errs, fmt.Errorf("%w: %s", ErrDeadEnd, s))
		}
	}
	return errors.Join(errs...)
}

func (t *Table) validateHints() error {
	var errs []error
	for _, h := range t.Hints {
		switch {
		case !slices.Contains([]When{Silent, Left, Early, Reset}, h.When):
			errs = append(errs, fmt.Errorf("%w: %q, which is no time for one", ErrHint, h.When))
		case h.State != "" && !slices.Contains(t.States(), h.State):
			errs = append(errs, fmt.Errorf("%w: %q in a hint", ErrUnknownState, h.State))
		case h.Text == "":
			errs = append(errs, fmt.Errorf("%w: %s in %q, which is empty", ErrHint, h.When, h.State))
		}
	}
	return errors.Join(errs...)
}

func set[T comparable](list []T) map[T]bool {
	m := make(map[T]bool, len(list))
	for _, v := range list {
		m[v] = true
	}
	return m
}
