package live

import (
	"slices"
	"sync/atomic"

	"accio/fsm"
	"accio/transport"
)

// kept is how many ended connections can be looked at.
const kept = 200

// Observer counts what a server does. Its methods Accepted, Identified, Observe and Ended
// are for the fields of [transport.Server], which calls one of them at a time; they
// wait for nobody, and Observe allocates nothing. Any goroutine may read it.
//
// Every number is atomic; that they belong together is seen by seq, which is
// odd while they change (view).
type Observer struct {
	table  *fsm.Table
	states []fsm.State
	exits  [][]exit           // by index of the state
	open   map[uint64]*record // those in service, by their numbers; not for readers

	seq       atomic.Uint64
	counts    []atomic.Uint64 // by row
	sessions  []atomic.Int64  // in service, by index of the state
	service   service
	ok        atomic.Uint64
	failed    atomic.Uint64
	bytes     atomic.Int64 // of the ended
	durations histogram
	recent    [kept]atomic.Pointer[record] // a ring by record.place
}

// exit is a row of the table, seen from its state.
type exit struct {
	event fsm.Event
	row   int
	to    int // index of the state
}

// NewObserver returns an observer of a server that runs table.
func NewObserver(table *fsm.Table) *Observer {
	o := &Observer{table: table, states: table.States(), open: map[uint64]*record{}, counts: make([]atomic.Uint64, len(table.Transitions))}
	o.sessions = make([]atomic.Int64, len(o.states))
	o.exits = make([][]exit, len(o.states))
	for row, tr := range table.Transitions {
		from := slices.Index(o.states, tr.From)
		o.exits[from] = append(o.exits[from], exit{tr.Event, row, slices.Index(o.states, tr.To)})
	}
	return o
}

// Accepted is for [transport.Server.Accepted].
func (o *Observer) Accepted(r transport.Result) {
	now := &record{
		connection: r.Connection, remote: r.Remote, started: r.Started,
		path: make([]step, len(o.states)), // enough for one that comes to no state twice
	}
	first := slices.Index(o.states, o.table.Initial)
	now.at.Store(uint64(first))
	o.open[r.Connection] = now
	o.seq.Add(1)
	o.sessions[first].Add(1)
	o.service.enter(now)
	o.seq.Add(1)
}

// Identified is for [transport.Server.Identified].
func (o *Observer) Identified(r transport.Result) {
	now := o.open[r.Connection]
	if now == nil {
		return
	}
	o.seq.Add(1)
	now.named.Store(&r.Remote)
	o.seq.Add(1)
}

// Observe is for [transport.Server.Observe].
func (o *Observer) Observe(tr transport.Transition) {
	now := o.open[tr.Connection]
	if now == nil {
		return
	}
	state, _ := now.now()
	for i := range o.exits[state] {
		if e := &o.exits[state][i]; e.event == tr.Event {
			now.last = &o.table.Transitions[e.row]
			o.seq.Add(1)
			now.take(step{e.row, tr.Since}, e.to)
			o.counts[e.row].Add(1)
			o.sessions[state].Add(-1)
			o.sessions[e.to].Add(1)
			o.seq.Add(1)
			return
		}
	}
}

// Ended is for [transport.Server.Result].
func (o *Observer) Ended(r transport.Result) {
	now := o.open[r.Connection]
	if now == nil {
		return
	}
	delete(o.open, r.Connection)
	now.place = o.ok.Load() + o.failed.Load() + 1
	now.state, now.from, now.event = r.State, r.From, r.Event
	if now.from == "" && now.last != nil { // a good end
		now.from, now.event = now.last.From, now.last.Event
	}
	now.bytes, now.elapsed, now.reason, now.hint = r.Bytes, r.Elapsed, r.Reason, r.Advice()
	state, _ := now.now()
	o.seq.Add(1)
	o.sessions[state].Add(-1)
	if o.table.IsGood(r.State) {
		o.ok.Add(1)
	} else {
		o.failed.Add(1)
	}
	o.bytes.Add(r.Bytes)
	o.durations.observe(r.Elapsed)
	o.recent[now.place%kept].Store(now)
	o.service.leave(now)
	o.seq.Add(1)
}
