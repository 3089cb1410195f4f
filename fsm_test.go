// Package accio_test holds the expectation of the protocol: both transition
// tables once more, written by hand from docs/protocol.md §2 and §7 and from
// nothing in package protocol, and what follows from them.
package accio_test

import (
	"errors"
	"maps"
	"slices"
	"strings"
	"testing"

	"accio/fsm"
	"accio/internal/require"
	"accio/protocol"
)

// "." is an event that is not possible in the state.
const expectedServer = `
               sent           confirmed   mismatched  closed  timedout  failed  shutdown  aborted
SendAccio1     AwaitConfirm1  .           .           .       Error     Error   Error     Error
AwaitConfirm1  .              SendAccio2  Error       Error   Error     Error   Error     Error
SendAccio2     AwaitConfirm2  .           .           .       Error     Error   Error     Error
AwaitConfirm2  .              Streaming   Error       Error   Error     Error   Error     Error
Streaming      .              .           .           Done    Error     Error   Error     Error
Done           .              .           .           .       .         .       .         .
Error          .              .           .           .       .         .       .         .
`

const expectedClient = `
              commanded     sent         mismatched  closed  timedout  failed  shutdown
AwaitAccio1   SendConfirm1  .            Error       Error   Error     Error   Error
SendConfirm1  .             AwaitAccio2  .           .       Error     Error   Error
AwaitAccio2   SendConfirm2  .            Error       Error   Error     Error   Error
SendConfirm2  .             SendFile     .           .       Error     Error   Error
SendFile      .             AwaitClose   .           .       Error     Error   Error
AwaitClose    .             .            Error       Done    Error     Error   Error
Done          .             .            .           .       .         .       .
Error         .             .            .           .       .         .       .
`

// expectation is one, parsed, and the table it is an expectation of.
type expectation struct {
	table    *fsm.Table
	states   []fsm.State
	events   []fsm.Event
	next     map[fsm.State]map[fsm.Event]fsm.State
	distance map[fsm.State]int // events from the initial state
}

var protocols = []*expectation{
	parse(&protocol.Server, expectedServer, map[fsm.State]int{
		"SendAccio1": 0, "AwaitConfirm1": 1, "SendAccio2": 2, "AwaitConfirm2": 3, "Streaming": 4, "Done": 5, "Error": 1,
	}),
	parse(&protocol.Client, expectedClient, map[fsm.State]int{
		"AwaitAccio1": 0, "SendConfirm1": 1, "AwaitAccio2": 2, "SendConfirm2": 3, "SendFile": 4, "AwaitClose": 5, "Done": 6, "Error": 1,
	}),
}

func parse(table *fsm.Table, text string, distance map[fsm.State]int) *expectation {
	p := &expectation{table: table, next: map[fsm.State]map[fsm.Event]fsm.State{}, distance: distance}
	lines := strings.Split(strings.TrimSpace(text), "\n")
	for _, e := range strings.Fields(lines[0]) {
		p.events = append(p.events, fsm.Event(e))
	}
	for _, line := range lines[1:] {
		cells := strings.Fields(line)
		from := fsm.State(cells[0])
		p.states = append(p.states, from)
		p.next[from] = map[fsm.Event]fsm.State{}
		for i, to := range cells[1:] {
			if to != "." {
				p.next[from][p.events[i]] = fsm.State(to)
			}
		}
	}
	return p
}

func each(t *testing.T, test func(*testing.T, *expectation)) {
	require.Ran(t, "tables", len(protocols), 2)
	for _, p := range protocols {
		t.Run(p.table.Role, func(t *testing.T) { test(t, p) })
	}
}

// every calls f for every pair of a state and an event of either table, so
// that the events of the other end are tried too.
func (p *expectation) every(t *testing.T, f func(s fsm.State, e fsm.Event, to fsm.State, possible bool)) {
	pairs := 0
	events := append([]fsm.Event{"commanded", "sent", "confirmed", "mismatched", "closed", "timedout", "failed", "shutdown", "aborted"}, "", "nonsense")
	for _, s := range p.states {
		for _, e := range events {
			to, ok := p.next[s][e]
			f(s, e, to, ok)
			pairs++
		}
	}
	// 7 or 8 states; 9 events, an empty one and a nonsense
	require.Ran(t, "pairs", pairs, map[string]int{"server": 7 * 11, "client": 8 * 11}[p.table.Role])
}

// rowsOf is how many rows each table has.
var rowsOf = map[string]int{"server": 29, "client": 29}

func TestTableIsAsExpected(t *testing.T) {
	each(t, func(t *testing.T, p *expectation) {
		if err := p.table.Validate(); err != nil {
			t.Error(err)
		}
		if got := p.table.States(); !slices.Equal(got, p.states) {
			t.Errorf("states %v, want %v", got, p.states)
		}
		if !slices.Equal(p.table.Events, p.events) {
			t.Errorf("events %v, want %v", p.table.Events, p.events)
		}
		if p.table.Initial != p.states[0] {
			t.Errorf("initial %s, want %s", p.table.Initial, p.states[0])
		}
		rows := 0
		p.every(t, func(s fsm.State, e fsm.Event, to fsm.State, possible bool) {
			if possible {
				rows++
			}
			if got, ok := p.table.Next(s, e); got != to || ok != possible {
				t.Errorf("%s on %q: %q, %v; want %q, %v", s, e, got, ok, to, possible)
			}
		})
		if len(p.table.Transitions) != rows {
			t.Errorf("%d transitions, want %d", len(p.table.Transitions), rows)
		}
		require.Ran(t, "possible events", rows, rowsOf[p.table.Role])
	})
}

// reach returns a machine that was driven to s by legal events.
func (p *expectation) reach(t *testing.T, s fsm.State, observe fsm.Observer) *fsm.Machine {
	t.Helper()
	m := fsm.NewMachine(p.table, observe)
	for _, e := range p.path(s) {
		if err := m.Fire(e); err != nil {
			t.Fatal(err)
		}
	}
	if m.State() != s {
		t.Fatalf("driven to %s, is in %s", s, m.State())
	}
	return m
}

// path returns a shortest sequence of events from the initial state to s.
func (p *expectation) path(s fsm.State) []fsm.Event {
	type node struct {
		state fsm.State
		path  []fsm.Event
	}
	for queue := []node{{p.states[0], nil}}; len(queue) > 0; queue = queue[1:] {
		n := queue[0]
		if n.state == s {
			return n.path
		}
		for _, e := range p.events {
			if to, ok := p.next[n.state][e]; ok {
				queue = append(queue, node{to, append(slices.Clone(n.path), e)})
			}
		}
	}
	return nil
}

func TestMachineAgreesOnEveryPair(t *testing.T) {
	each(t, func(t *testing.T, p *expectation) {
		p.every(t, func(s fsm.State, e fsm.Event, to fsm.State, possible bool) {
			var seen []fsm.Transition
			m := p.reach(t, s, func(from fsm.State, event fsm.Event, to fsm.State) {
				seen = append(seen, fsm.Transition{From: from, Event: event, To: to})
			})
			seen = nil
			err := m.Fire(e)
			if possible {
				if err != nil || m.State() != to {
					t.Errorf("%s on %q: %s, %v; want %s", s, e, m.State(), err, to)
				}
				if want := []fsm.Transition{{From: s, Event: e, To: to}}; !slices.Equal(seen, want) {
					t.Errorf("%s on %q: observed %v, want %v", s, e, seen, want)
				}
				if terminal := to == "Done" || to == "Error"; m.Terminal() != terminal {
					t.Errorf("%s: terminal is %v", to, m.Terminal())
				}
				return
			}
			var illegal *fsm.IllegalEventError
			if !errors.As(err, &illegal) {
				t.Fatalf("%s on %q: error %v, want an IllegalEventError", s, e, err)
			}
			var events []fsm.Event
			for _, e := range p.table.Events {
				if _, ok := p.next[s][e]; ok {
					events = append(events, e)
				}
			}
			slices.Sort(events)
			slices.Sort(illegal.Possible)
			if illegal.State != s || illegal.Event != e || !slices.Equal(illegal.Possible, events) {
				t.Errorf("%s on %q: %v; want the possible events %v", s, e, err, events)
			}
			if m.State() != s || len(seen) > 0 {
				t.Errorf("%s on %q: now in %s, observed %v; want no change", s, e, m.State(), seen)
			}
		})
	})
}

// walk explores the running machine breadth first, not the table.
func (p *expectation) walk(t *testing.T) (distance map[fsm.State]int, edges int) {
	distance = map[fsm.State]int{p.table.Initial: 0}
	for queue := []fsm.State{p.table.Initial}; len(queue) > 0; queue = queue[1:] {
		for _, e := range p.events {
			m := p.reach(t, queue[0], nil)
			if m.Fire(e) != nil {
				continue
			}
			edges++
			if _, seen := distance[m.State()]; !seen {
				distance[m.State()] = distance[queue[0]] + 1
				queue = append(queue, m.State())
			}
		}
	}
	return distance, edges
}

func TestReachableStates(t *testing.T) {
	each(t, func(t *testing.T, p *expectation) {
		distance, edges := p.walk(t)
		if !maps.Equal(distance, p.distance) {
			t.Errorf("distances %v, want %v", distance, p.distance)
		}
		require.Ran(t, "events", edges, rowsOf[p.table.Role])
	})
}

// The ways out that need nothing of the peer.
func TestEveryStateEndsBySilenceFailureAndShutdown(t *testing.T) {
	each(t, func(t *testing.T, p *expectation) {
		fired := 0
		for _, s := range p.states[:len(p.states)-2] {
			for _, e := range []fsm.Event{"timedout", "failed", "shutdown"} {
				m := p.reach(t, s, nil)
				if err := m.Fire(e); err != nil || m.State() != "Error" {
					t.Errorf("%s on %s: %s, %v; want Error", s, e, m.State(), err)
				}
				fired++
			}
		}
		require.Ran(t, "events", fired, map[string]int{"server": 5 * 3, "client": 6 * 3}[p.table.Role])
	})
}

// without reports whether the machine can still reach s when no event that
// drop names is ever fired in the state it names.
func (p *expectation) without(t *testing.T, s, from fsm.State, drop fsm.Event) bool {
	seen := map[fsm.State]bool{p.table.Initial: true}
	for queue := []fsm.State{p.table.Initial}; len(queue) > 0; queue = queue[1:] {
		for _, e := range p.events {
			if queue[0] == from && e == drop {
				continue
			}
			m := p.reach(t, queue[0], nil)
			if m.Fire(e) == nil && !seen[m.State()] {
				seen[m.State()] = true
				queue = append(queue, m.State())
			}
		}
	}
	return seen[s]
}

func TestStreamingOnlyThroughBothCommandsAndConfirmations(t *testing.T) {
	server := protocols[0]
	for _, needed := range []struct {
		from  fsm.State
		event fsm.Event
	}{
		{"SendAccio1", "sent"}, {"AwaitConfirm1", "confirmed"}, {"SendAccio2", "sent"}, {"AwaitConfirm2", "confirmed"},
	} {
		if server.without(t, "Streaming", needed.from, needed.event) {
			t.Errorf("Streaming is reached without %s in %s", needed.event, needed.from)
		}
	}
	if !server.without(t, "Streaming", "Streaming", "closed") {
		t.Error("Streaming is not reached at all")
	}
	if server.without(t, "Done", "Streaming", "closed") {
		t.Error("Done is reached by another way than the end of the stream")
	}
}

// What each state does, and the bytes of docs/protocol.md §1.
func TestActivities(t *testing.T) {
	for _, want := range []struct {
		table *fsm.Table
		list  []fsm.Activity
	}{
		{&protocol.Server, []fsm.Activity{
			{State: "SendAccio1", Action: "write", Text: "accio\r\n", Ends: "sent"},
			{State: "AwaitConfirm1", Action: "expect", Text: "confirm-accio\r\n", Ends: "confirmed"},
			{State: "SendAccio2", Action: "write", Text: "accio\r\n", Ends: "sent"},
			{State: "AwaitConfirm2", Action: "expect", Text: "confirm-accio-again\r\n\r\n", Ends: "confirmed"},
			{State: "Streaming", Action: "count", Ends: "closed"},
		}},
		{&protocol.Client, []fsm.Activity{
			{State: "AwaitAccio1", Action: "expect", Text: "accio\r\n", Ends: "commanded"},
			{State: "SendConfirm1", Action: "write", Text: "confirm-accio\r\n", Ends: "sent"},
			{State: "AwaitAccio2", Action: "expect", Text: "accio\r\n", Ends: "commanded"},
			{State: "SendConfirm2", Action: "write", Text: "confirm-accio-again\r\n\r\n", Ends: "sent"},
			{State: "SendFile", Action: "upload", Ends: "sent"},
			{State: "AwaitClose", Action: "drain", Ends: "closed"},
		}},
	} {
		if !slices.Equal(want.table.Activities, want.list) {
			t.Errorf("%s: %v, want %v", want.table.Role, want.table.Activities, want.list)
		}
	}
}
