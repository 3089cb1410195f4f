package live

import (
	"sync/atomic"
	"time"
)

// bounds are the upper limits of the buckets of accio_connection_duration_seconds.
var bounds = [...]time.Duration{
	500 * time.Microsecond, time.Millisecond, 2500 * time.Microsecond, 5 * time.Millisecond,
	10 * time.Millisecond, 25 * time.Millisecond, 50 * time.Millisecond, 100 * time.Millisecond,
	250 * time.Millisecond, 500 * time.Millisecond, time.Second, 2500 * time.Millisecond,
	5 * time.Second, 10 * time.Second, 30 * time.Second, time.Minute, 5 * time.Minute,
}

// histogram counts durations. One goroutine writes it.
type histogram struct {
	buckets [len(bounds)]atomic.Uint64 // not cumulative; longer ones are in none
	sum     atomic.Int64               // nanoseconds
}

func (h *histogram) observe(d time.Duration) {
	h.sum.Add(int64(d))
	for i, b := range bounds {
		if d <= b {
			h.buckets[i].Add(1)
			return
		}
	}
}

// tally is what a histogram has counted.
type tally struct {
	buckets [len(bounds)]uint64
	sum     time.Duration
}

func (h *histogram) read() (t tally) {
	for i := range h.buckets {
		t.buckets[i] = h.buckets[i].Load()
	}
	t.sum = time.Duration(h.sum.Load())
	return t
}

// cumulative returns how many durations were up to each of bounds, in seconds.
func (t *tally) cumulative() map[float64]uint64 {
	upTo, n := make(map[float64]uint64, len(bounds)), uint64(0)
	for i, b := range bounds {
		n += t.buckets[i]
		upTo[b.Seconds()] = n
	}
	return upTo
}
