package transport

import (
	"context"
	"sync"
	"sync/atomic"
)

// drain is what Server.Drain has to end.
type drain struct {
	begun atomic.Bool
	mu    sync.Mutex
	end   func() // closes the listener and wakes who waits; nil while none listens
	wake  func() // wakes who waits
}

func (d *drain) begin() {
	d.begun.Store(true)
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.end != nil {
		d.end()
	}
}

// ends says what there is to end, and to wake, from now on. A drain may have begun.
func (d *drain) ends(end, wake func()) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.end, d.wake = end, wake
}

// wakeUp wakes who waits, if anybody serves.
func (d *drain) wakeUp() {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.wake != nil {
		d.wake()
	}
}

// listens makes the end of ctx, and a drain, close ln and then wake who serves, until
// the returned function is called. That closes ln, too. To be woken for nothing must
// do no harm.
func (s *Server) listens(ctx context.Context, ln Listener, wake func()) (stop func()) {
	end := func() { s.close(ln); wake() }
	ended := make(chan struct{})
	remove := context.AfterFunc(ctx, func() { defer close(ended); end() })
	s.drain.ends(end, wake)
	return func() {
		if !remove() {
			<-ended
		}
		s.drain.ends(nil, nil)
		s.close(ln)
	}
}
