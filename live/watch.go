package live

import (
	"log/slog"

	"accio/transport"
)

// Watch makes an observer the first to be told what a server does, which must not
// serve yet, and returns what a page can be told of the server and its listener.
// The page's name is the table's role, it is always ready, never blocked, and logs
// nothing; the caller may change all of that, and has to say how the names of the
// metrics begin (About.Metrics).
func Watch(s *transport.Server, ln transport.Listener) About {
	o := NewObserver(s.Table)
	s.Accepted, s.Identified, s.Observe = chained(o.Accepted, s.Accepted), chained(o.Identified, s.Identified), chained(o.Observe, s.Observe)
	result := s.Result
	s.Result = func(r transport.Result) error {
		o.Ended(r)
		if result == nil {
			return nil
		}
		return result(r)
	}
	a := About{
		Name: s.Table.Role, Observer: o, Serving: s.Serving, Ready: func() bool { return !s.Closed() }, Address: ln.Addr(), Places: max(s.Concurrency, 1),
		IdleLimit: s.IdleTimeout, Log: slog.New(slog.DiscardHandler),
	}
	if a.IdleLimit == 0 {
		a.IdleLimit = transport.DefaultIdleTimeout
	}
	if queue, ok := ln.(transport.Queue); ok {
		a.Queued = queue.Queued
	}
	return a
}

// chained calls first, and then the next if there is one.
func chained[T any](first, next func(T)) func(T) {
	if next == nil {
		return first
	}
	return func(v T) { first(v); next(v) }
}
