package live

import (
	"log/slog"
	"sync"
	"time"
)

// refusal is what was turned away for lack of room.
type refusal int

const (
	refusedWaiting    refusal = iota // a connection without a request, closed for a new one
	refusedConnection                // a new connection, closed
	refusedRequest                   // a request in the reserve for more than that is for: 503
	refusedStream                    // one who would listen to events: 503
)

// refusalNames are the values of the metric's label.
var refusalNames = [...]string{"waiting", "connection", "request", "stream"}

// refusals counts what was turned away, and logs the first of a minute and, when
// that has passed, how many more there were. Any goroutine may use it.
type refusals struct {
	log *slog.Logger

	mu     sync.Mutex
	counts [len(refusalNames)]uint64
	unsaid uint64
	last   []any       // of the log, about the latest that is unsaid
	timer  *time.Timer // runs while a minute does
}

const refusalsEvery = time.Minute

func (r *refusals) one(what refusal, remote string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.counts[what]++
	r.unsaid++
	r.last = []any{"kind", refusalNames[what], "remote", remote}
	if r.timer == nil {
		r.timer = time.AfterFunc(0, r.say) // nobody waits for the log
	}
}

// say logs what is unsaid, and does so again in a minute unless there was nothing.
func (r *refusals) say() {
	r.mu.Lock()
	n, last := r.unsaid, r.last
	r.unsaid = 0
	if n > 0 {
		r.timer.Reset(refusalsEvery)
	} else {
		r.timer = nil
	}
	r.mu.Unlock()
	if n > 0 {
		r.log.Warn("the page has more visitors than room", append([]any{"refused", n}, last...)...)
	}
}

// end logs what is unsaid. Nothing more may come.
func (r *refusals) end() {
	r.mu.Lock()
	timer := r.timer
	r.mu.Unlock()
	if timer != nil {
		r.say()
		timer.Stop()
	}
}

// all returns the counts, in the order of refusalNames.
func (r *refusals) all() [len(refusalNames)]uint64 {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.counts
}
