package transport

import (
	"context"
	"sync"
)

// serveTogether serves some connections at a time, each by a goroutine of its own.
func (s *Server) serveTogether(ctx context.Context, ln Listener) (err error) {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	defer s.listens(ctx, ln, s.slots.interrupt)()
	defer s.beats()()
	taken := make(chan struct{}, s.Concurrency)
	var free vacant
	var sessions sync.WaitGroup
	for s.accepts(ctx, 0) {
		taken <- struct{}{} // first come, first served: nobody is accepted without a place
		if !s.accepts(ctx, 0) {
			break
		}
		var c Incoming
		if c, err = s.accept(ctx, ln); c == nil {
			break
		}
		if shared, ok := c.(*netConn); ok {
			shared.discarded = nil
		}
		p := free.take(s)
		now := p.begin(c)
		sessions.Go(func() {
			if p.end(now.run(ctx)) != nil {
				stop()
			}
			free.give(p)
			<-taken
		})
	}
	s.close(ln)
	if err != nil {
		stop()
	}
	sessions.Wait()
	if err == nil {
		err = s.failure
	}
	return err
}

// vacant are the slots where nobody is served at present.
type vacant struct {
	mu   sync.Mutex
	list []*slot
}

// take returns one of them, or a new one of the server's.
func (v *vacant) take(s *Server) *slot {
	v.mu.Lock()
	defer v.mu.Unlock()
	last := len(v.list) - 1
	if last < 0 {
		return s.newSlot()
	}
	p := v.list[last]
	v.list = v.list[:last]
	return p
}

func (v *vacant) give(p *slot) {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.list = append(v.list, p)
}
