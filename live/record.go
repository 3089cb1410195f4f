package live

import (
	"net/netip"
	"sync/atomic"
	"time"

	"accio/fsm"
)

// record is a connection. While it is in service one goroutine writes its path,
// and at says how much of that others may read; once it is among the ended
// nothing of it changes.
type record struct {
	connection uint64
	remote     netip.AddrPort                 // the peer of the socket
	named      atomic.Pointer[netip.AddrPort] // the one that a header of the PROXY protocol names; nil: none
	started    time.Time
	path       []step          // as long as there is room for
	at         atomic.Uint64   // steps of the path that are there << 32 | index of the state
	more       atomic.Int64    // transitions after those, for which there was no room
	seen       atomic.Int64    // payload bytes that a reader has seen so far
	last       *fsm.Transition // the latest; not for readers, nil for none
	slot       int             // in service; not for readers
	rate       rate            // for the reporter

	// Of an ended connection.
	place        uint64 // 1 for the first that ended
	state        fsm.State
	from         fsm.State
	event        fsm.Event
	bytes        int64
	elapsed      time.Duration
	reason, hint string // empty after a good end
}

// step is a transition that was taken.
type step struct {
	row   int           // of the table
	since time.Duration // since service began
}

// take notes a transition to a state, as long as there is room.
func (r *record) take(s step, state int) {
	taken := r.at.Load() >> 32
	if taken < uint64(len(r.path)) {
		r.path[taken] = s
		taken++
	} else {
		r.more.Add(1)
	}
	r.at.Store(taken<<32 | uint64(state))
}

// peer is who has connected, as far as that is known.
func (r *record) peer() netip.AddrPort {
	if client := r.named.Load(); client != nil {
		return *client
	}
	return r.remote
}

// now returns the index of the state, and the path so far.
func (r *record) now() (state int, path []step) {
	at := r.at.Load()
	return int(uint32(at)), r.path[:at>>32]
}

// see notes how many payload bytes there are, and returns the most that were
// ever noted, so that no two readers see the number fall.
func (r *record) see(bytes int64) int64 {
	for {
		seen := r.seen.Load()
		if bytes <= seen {
			return seen
		}
		if r.seen.CompareAndSwap(seen, bytes) {
			return bytes
		}
	}
}
