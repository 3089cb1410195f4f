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
}

func (d *drain) begin() {
	d.begun.Store(true)
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.end != nil {
		d.end()
	}
}

// ends says what there is to end from now on.
func (d *drain) ends(end func()) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.end = end; end != nil && d.begun.Load() {
		end()
	}
}

// listens makes the end of ctx, and a drain, close ln and then wake who serves, until
// the returned function is called. That closes ln, too. To be woken for nothing must
// do no harm.
func (s *Server) listens(ctx context.Context, ln Listener, wake func()) (stop func()) {
	end := func() { s.close(ln); wake() }
	ended := make(chan struct{})
	remove := context.AfterFunc(ctx, func() { defer close(ended); end() })
	s.drain.ends(end)
	return func() {
		if !remove() {
			<-ended
		}
		s.drain.ends(nil)
		s.close(ln)
	}
}
