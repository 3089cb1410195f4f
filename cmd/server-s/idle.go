package main

import (
	"log/slog"
	"sync"
	"time"

	"accio/transport"
)

// endWhenIdle makes the server accept nobody more once it has had nobody in service for so
// long, until the returned function is called. Whoever waits to be accepted, as far as the
// system tells, has come. It must be called before the server serves.
func (t *traffic) endWhenIdle(long time.Duration, ln transport.Listener, log *slog.Logger) (stop func()) {
	var (
		mu     sync.Mutex
		served int       // at present
		since  time.Time // nobody is
		late   *time.Timer
	)
	over := func() bool {
		mu.Lock()
		defer mu.Unlock()
		if served > 0 || time.Since(since) < long { // somebody has come when it was late already
			return false
		}
		if queue, ok := ln.(transport.Queue); ok {
			if n, _ := queue.Queued(); n > 0 {
				late.Reset(long)
				return false
			}
		}
		return true
	}
	serve := func(more int) {
		mu.Lock()
		defer mu.Unlock()
		if served += more; served == 0 {
			since = time.Now()
			late.Reset(long)
		} else {
			late.Stop()
		}
	}
	accepted, result := t.server.Accepted, t.server.Result
	t.server.Accepted = func(r transport.Result) {
		serve(1)
		if accepted != nil {
			accepted(r)
		}
	}
	t.server.Result = func(r transport.Result) error {
		defer serve(-1)
		return result(r)
	}
	mu.Lock()
	defer mu.Unlock()
	since = time.Now()
	late = time.AfterFunc(long, func() {
		if over() {
			log.Info("nobody has come: the server ends", "idle", long)
			t.server.Drain()
		}
	})
	return func() { late.Stop() }
}
