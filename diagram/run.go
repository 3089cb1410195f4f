package diagram

import (
	"errors"
	"fmt"
	"slices"

	"accio/fsm"
)

// ErrNoRun is returned where a table has no run of the kind asked for.
var ErrNoRun = errors.New("no such run")

// GoodRun returns the events of the session in which every activity ends as it
// should, from the initial state to a terminal one.
func GoodRun(t *fsm.Table) ([]fsm.Event, error) {
	_, run, err := goodPath(t)
	return run, err
}

// TimedOutRun returns the events of a session that is good until it reaches at,
// and times out there.
func TimedOutRun(t *fsm.Table, at fsm.State) ([]fsm.Event, error) {
	path, run, _ := goodPath(t)
	i := slices.Index(path, at)
	if i < 0 {
		return nil, fmt.Errorf("%w: the %s's good session does not reach %s", ErrNoRun, t.Role, at)
	}
	if _, ok := t.Next(at, fsm.TimedOut); !ok {
		return nil, fmt.Errorf("%w: the %s cannot time out in %s", ErrNoRun, t.Role, at)
	}
	return append(slices.Clone(run[:i]), fsm.TimedOut), nil
}

// goodPath returns the states of the good session, the initial one first, and
// the events between them. With an error they are those before the fault.
func goodPath(t *fsm.Table) (path []fsm.State, run []fsm.Event, err error) {
	path = []fsm.State{t.Initial}
	for s := t.Initial; !t.IsTerminal(s); {
		e := t.Activity(s).Ends
		next, ok := t.Next(s, e)
		if !ok {
			return path, run, fmt.Errorf("%w: the %s's good session stops in %s", ErrNoRun, t.Role, s)
		}
		if slices.Contains(path, next) {
			return path, run, fmt.Errorf("%w: the %s's good session returns to %s", ErrNoRun, t.Role, next)
		}
		path, run = append(path, next), append(run, e)
		s = next
	}
	return path, run, nil
}

// isGood reports whether s is of the good session, or a good end.
func isGood(t *fsm.Table, path []fsm.State, s fsm.State) bool {
	return slices.Contains(path, s) || t.IsGood(s)
}
