package diagram_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"accio/diagram"
	"accio/fsm"
	"accio/internal/require"
	"accio/protocol"
)

func TestGoodRun(t *testing.T) {
	run, err := diagram.GoodRun(&small)
	if want := []fsm.Event{"asked", "told"}; err != nil || !slices.Equal(run, want) {
		t.Errorf("got %v, %v, want %v", run, err, want)
	}
}

func TestTimedOutRun(t *testing.T) {
	for at, want := range map[fsm.State][]fsm.Event{
		"Ask":  {"timedout"},
		"Hear": {"asked", "timedout"},
	} {
		run, err := diagram.TimedOutRun(&small, at)
		if err != nil || !slices.Equal(run, want) {
			t.Errorf("at %s: got %v, %v, want %v", at, run, err, want)
		}
	}
}

func TestNoRun(t *testing.T) {
	stuck := small.Clone()
	stuck.Activities[1].Ends = "moved"
	circular := small.Clone()
	circular.Transitions[3].To = "Ask"

	for _, c := range []struct {
		want string
		run  func() ([]fsm.Event, error)
	}{
		{"the left's good session stops in Hear", func() ([]fsm.Event, error) { return diagram.GoodRun(&stuck) }},
		{"the left's good session returns to Ask", func() ([]fsm.Event, error) { return diagram.GoodRun(&circular) }},
		{"the left's good session does not reach Bad", func() ([]fsm.Event, error) { return diagram.TimedOutRun(&small, "Bad") }},
		{"the left cannot time out in Good", func() ([]fsm.Event, error) { return diagram.TimedOutRun(&small, "Good") }},
	} {
		_, err := c.run()
		if !errors.Is(err, diagram.ErrNoRun) || !strings.Contains(err.Error(), c.want) {
			t.Errorf("error %v, want %v: %s", err, diagram.ErrNoRun, c.want)
		}
	}
}

// The real tables have a good run, and it can time out in each of its states.
func TestRunsOfTheTables(t *testing.T) {
	ran := 0
	for _, table := range []*fsm.Table{&protocol.Server, &protocol.Client} {
		good, err := diagram.GoodRun(table)
		if err != nil {
			t.Fatal(err)
		}
		if got := end(t, table, good); got != protocol.Done {
			t.Errorf("%s: the good run ends in %s", table.Role, got)
		}
		for _, a := range table.Activities {
			run, err := diagram.TimedOutRun(table, a.State)
			if err != nil {
				t.Error(err)
				continue
			}
			if got := end(t, table, run); got != protocol.Error {
				t.Errorf("%s: timed out in %s, the run ends in %s", table.Role, a.State, got)
			}
			if got := end(t, table, run[:len(run)-1]); got != a.State {
				t.Errorf("%s: the run times out in %s, not in %s", table.Role, got, a.State)
			}
			ran++
		}
	}
	require.Ran(t, "runs", ran, 5+6)
}

func end(t *testing.T, table *fsm.Table, run []fsm.Event) fsm.State {
	t.Helper()
	m := fsm.NewMachine(table, nil)
	for _, e := range run {
		if err := m.Fire(e); err != nil {
			t.Fatal(err)
		}
	}
	return m.State()
}
