package live

import (
	"iter"
	"net/netip"
	"slices"
	"testing"
	"time"

	"accio/fsm"
	"accio/protocol"
	"accio/transport"
)

// small is a table that no program runs.
var small = fsm.Table{
	Role: "left", Peer: "right", Initial: "Ask", Terminal: []fsm.State{protocol.Done, protocol.Error}, Good: []fsm.State{protocol.Done},
	Events: []fsm.Event{"asked", "told", "timedout"},
	Activities: []fsm.Activity{
		{State: "Ask", Action: fsm.Write, Text: "?", Ends: "asked"},
		{State: "Hear", Action: fsm.Count, Ends: "told"},
	},
	Transitions: []fsm.Transition{
		{From: "Ask", Event: "asked", To: "Hear"},
		{From: "Ask", Event: "timedout", To: protocol.Error},
		{From: "Hear", Event: "told", To: protocol.Done},
		{From: "Hear", Event: "timedout", To: protocol.Error},
	},
}

var (
	good = []fsm.Event{"asked", "told"}
	bad  = []fsm.Event{"asked", "timedout"}
	peer = netip.MustParseAddrPort("192.0.2.1:50123")
)

// feed tells an observer of connections as a server does.
type feed struct {
	*Observer
	number uint64
	state  fsm.State
	begun  time.Time
}

func newFeed(t *fsm.Table) *feed { return &feed{Observer: NewObserver(t)} }

func (f *feed) accept() {
	f.number++
	f.state, f.begun = f.table.Initial, time.Now()
	f.Accepted(transport.Result{Connection: f.number, Remote: peer, Started: f.begun})
}

func (f *feed) fire(events ...fsm.Event) {
	for _, e := range events {
		to, ok := f.table.Next(f.state, e)
		if !ok {
			panic(e)
		}
		f.Observe(transport.Transition{Connection: f.number, From: f.state, Event: e, To: to, Since: time.Since(f.begun)})
		f.state = to
	}
}

// end ends the connection after the events.
func (f *feed) end(bytes int64, events ...fsm.Event) {
	f.fire(events[:len(events)-1]...)
	last := events[len(events)-1]
	r := transport.Result{Connection: f.number, Remote: peer, Bytes: bytes, Started: f.begun}
	if to, _ := f.table.Next(f.state, last); to == protocol.Error {
		r.From, r.Event, r.Reason, r.Hint = f.state, last, "no data <&>", "do send some"
	}
	f.fire(last)
	r.State, r.Elapsed = f.state, time.Since(f.begun)
	f.Ended(r)
}

func (f *feed) session(bytes int64, events ...fsm.Event) {
	f.accept()
	f.end(bytes, events...)
}

// nothing is a server of which no progress is known.
func nothing() iter.Seq[transport.Progress] { return func(func(transport.Progress) bool) {} }

func (f *feed) reporter() *reporter {
	return newReporter(About{Name: "Accio", Metrics: "accio", Tables: []*fsm.Table{&protocol.Client}, Story: protocol.Story, Observer: f.Observer, Serving: nothing, Ready: func() bool { return true }, Version: "v1", IdleLimit: 10 * time.Second})
}

func snapshotOf(p *reporter) Snapshot {
	m := p.moment()
	return p.snapshot(&m)
}

func counts(s Snapshot) (n []uint64) {
	for _, c := range s.Transitions {
		n = append(n, c.Count)
	}
	return n
}

func wantCounts(t *testing.T, s Snapshot, want ...uint64) {
	t.Helper()
	if got := counts(s); !slices.Equal(got, want) {
		t.Errorf("transitions %v, want %v", got, want)
	}
}
