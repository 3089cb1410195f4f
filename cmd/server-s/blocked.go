package main

import (
	"log/slog"
	"time"
)

const (
	blockedPatience = time.Second            // how long a result may take to be written before that is said
	blockedInterval = 100 * time.Millisecond // how soon it is noticed that somebody reads again
)

// blocked returns for how long a result could not be written; 0 if that is not
// worth a word. Any goroutine may call it.
func (p *results) blocked() time.Duration {
	if w := p.writing.Load(); w != nil {
		if d := time.Since(w.since); d >= blockedPatience {
			return d
		}
	}
	return 0
}

// watch tells the log when standard output is blocked, and when it is no more,
// until the returned function is called (docs/protocol.md §6.9).
func (p *results) watch(log *slog.Logger) (stop func()) {
	done, stopped := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(stopped)
		var told *write // what the log was told of
		for wait := blockedPatience; ; {
			ended := false
			select {
			case <-time.After(wait):
			case <-done:
				ended = true
			}
			now := p.writing.Load()
			if told != nil && now != told {
				log.Info("standard output is read again", "blocked", time.Since(told.since).Round(blockedInterval))
				told = nil
			}
			if ended {
				return
			}
			wait = blockedPatience
			if now != nil && told == nil {
				if wait -= time.Since(now.since); wait <= 0 {
					told = now
					log.Warn("standard output is blocked: nobody reads it, and no client is served until somebody does", "connection", now.connection)
				}
			}
			if told != nil {
				wait = blockedInterval
			}
		}
	}()
	return func() { close(done); <-stopped }
}
