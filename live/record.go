package live

import (
	"net/netip"
	"sync/atomic"
	"time"

	"accio/transport"
)

// record is a connection. While it is in service one goroutine writes, and the
// atomic fields say how much of it others may read; once it is among the ended
// nothing of it changes.
type record struct {
	connection uint64
	remote     netip.AddrPort
	started    time.Time

	state atomic.Int32 // an index of Observer.states
	taken atomic.Int32 // how many steps of the path are there
	path  []step       // does not grow; its capacity bounds what is kept
	seen  atomic.Int64 // payload bytes that a reader has seen so far

	// Of an ended connection.
	place  uint64 // 1 for the first that ended
	result transport.Result
}

// step is a transition that was taken.
type step struct {
	row   int           // of the table
	since time.Duration // since service began
}

func (r *record) take(row, to int, since time.Duration) {
	if n := int(r.taken.Load()); n < len(r.path) {
		r.path[n] = step{row, since}
		r.taken.Store(int32(n + 1))
	}
	r.state.Store(int32(to))
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
