package live

import (
	"slices"
	"sync/atomic"

	"accio/fsm"
	"accio/transport"
)

// kept is how many ended connections can be looked at.
const kept = 200

// Observer counts what a server does. Its methods Accepted, Observe and Ended
// are for the fields of [transport.Server] and the goroutine that serves; they
// wait for nobody, and Observe allocates nothing. Any goroutine may read it.
//
// Every number is atomic. That they belong together is seen by seq, which is
// odd while they change (view).
type Observer struct {
	table  *fsm.Table
	states []fsm.State
	to     []int // by row of the table: the index of the state it leads to

	seq       atomic.Uint64
	counts    []atomic.Uint64 // by row
	current   atomic.Pointer[record]
	ok        atomic.Uint64
	failed    atomic.Uint64
	bytes     atomic.Int64 // of the ended
	durations histogram
	recent    [kept]atomic.Pointer[record] // a ring by record.place
}

// NewObserver returns an observer of a server that runs table.
func NewObserver(table *fsm.Table) *Observer {
	o := &Observer{table: table, states: table.States(), counts: make([]atomic.Uint64, len(table.Transitions))}
	for _, tr := range table.Transitions {
		o.to = append(o.to, slices.Index(o.states, tr.To))
	}
	return o
}

// Accepted is for [transport.Server.Accepted].
func (o *Observer) Accepted(r transport.Result) {
	now := &record{
		connection: r.Connection, remote: r.Remote, started: r.Started,
		path: make([]step, len(o.states)), // enough for one that visits no state twice
	}
	now.state.Store(int32(slices.Index(o.states, o.table.Initial)))
	o.seq.Add(1)
	o.current.Store(now)
	o.seq.Add(1)
}

// Observe is for [transport.Server.Observe].
func (o *Observer) Observe(tr transport.Transition) {
	row := o.row(tr.From, tr.Event)
	if row < 0 {
		return
	}
	now := o.current.Load()
	o.seq.Add(1)
	o.counts[row].Add(1)
	if now != nil && now.connection == tr.Connection {
		now.take(row, o.to[row], tr.Since)
	}
	o.seq.Add(1)
}

func (o *Observer) row(from fsm.State, event fsm.Event) int {
	for i := range o.table.Transitions {
		if tr := &o.table.Transitions[i]; tr.From == from && tr.Event == event {
			return i
		}
	}
	return -1
}

// Ended is for [transport.Server.Result].
func (o *Observer) Ended(r transport.Result) {
	now := o.current.Load()
	if now == nil || now.connection != r.Connection {
		return
	}
	now.result = r
	now.place = o.ok.Load() + o.failed.Load() + 1
	o.seq.Add(1)
	if r.State == fsm.Done {
		o.ok.Add(1)
	} else {
		o.failed.Add(1)
	}
	o.bytes.Add(r.Bytes)
	o.durations.observe(r.Elapsed)
	o.recent[now.place%kept].Store(now)
	o.current.Store(nil)
	o.seq.Add(1)
}
