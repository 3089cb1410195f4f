package main

import (
	"log/slog"
	"time"

	"accio/transport"
)

// endWhenIdle makes the server accept nobody more once it has had nobody in service for so
// long, until the returned function is called. It must be called before the server serves.
func (t *traffic) endWhenIdle(long time.Duration, log *slog.Logger) (stop func()) {
	late := time.AfterFunc(long, func() {
		log.Info("nobody has come: the server ends", "idle", long)
		t.server.Drain()
	})
	served := 0
	accepted, result := t.server.Accepted, t.server.Result
	t.server.Accepted = func(r transport.Result) {
		if served++; served == 1 {
			late.Stop()
		}
		if accepted != nil {
			accepted(r)
		}
	}
	t.server.Result = func(r transport.Result) error {
		if served--; served == 0 {
			defer late.Reset(long)
		}
		return result(r)
	}
	return func() { late.Stop() }
}
