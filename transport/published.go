package transport

import (
	"sync/atomic"
	"time"

	"accio/fsm"
)

// published is what other goroutines may know of the activity in progress. One
// goroutine writes it; nothing in it is allocated.
type published struct {
	place uint64        // of the activity in its table; not for others
	at    atomic.Uint64 // place << 32 | bytes of its text that have come
	heard atomic.Int64  // when the idle clock was last restarted, since epoch; 0: never
}

// epoch makes numbers of moments without losing the monotonic clock.
var epoch = time.Now()

// enter begins the activity of a state.
func (w *published) enter(t *fsm.Table, s fsm.State) {
	for i := range t.Activities {
		if t.Activities[i].State == s {
			w.place = uint64(i)
			w.arrived(0)
		}
	}
}

// arrived says how many bytes of the activity's text have come.
func (w *published) arrived(n int) { w.at.Store(w.place<<32 | uint64(n)) }

func (w *published) restarted(clock time.Time) { w.heard.Store(int64(clock.Sub(epoch))) }

// look returns the state, how much of its text has come, and how long before now
// the idle clock was restarted.
func (w *published) look(t *fsm.Table, now time.Time) (s fsm.State, arrived int, silence time.Duration) {
	at := w.at.Load()
	if heard := w.heard.Load(); heard != 0 {
		silence = max(now.Sub(epoch)-time.Duration(heard), 0)
	}
	if i := int(at >> 32); i < len(t.Activities) {
		s = t.Activities[i].State
	}
	return s, int(uint32(at)), silence
}
