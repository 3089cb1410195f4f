package transport

import (
	"context"
	"iter"
	"log/slog"
	"net/netip"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"accio/fsm"
)

// Server serves the connections of a listener in the order in which they come, one
// at a time or some (docs/protocol.md §5). Its fields must not be changed while it
// serves.
type Server struct {
	// Table is what every connection is driven through. It must be valid.
	Table *fsm.Table
	// Do has what performs the actions of the table that are its own.
	Do map[fsm.Action]Do
	// IdleTimeout is the idle limit; 0 means DefaultIdleTimeout.
	IdleTimeout time.Duration
	// Concurrency is how many connections are served at a time; 0 means 1.
	Concurrency int
	// Limits are what clients may not exceed. The table must have the event aborted then.
	Limits Limits
	// Most is how many connections are accepted, after which Serve returns when the
	// last of them has ended; 0 is no limit.
	Most uint64
	// Proxy, if not nil, has every connection begin with a header of the PROXY protocol;
	// it must not be changed while the server serves.
	Proxy *Proxy

	// Beat, if not nil, is called when Serve begins, and then every BeatEvery as long as
	// the loop that serves goes round: not while a Result is blocked, for instance. So it
	// is with the listeners that Linux has (Listen); by package net it is a timer.
	Beat      func()
	BeatEvery time.Duration

	// The functions that follow are called by one goroutine at a time.

	// Result is called once for every accepted connection, in the order in
	// which they end and before our side of it is closed. An error ends Serve.
	Result func(Result) error
	// Accepted, if not nil, is told of every accepted connection before its
	// first activity, in the order in which they come. Of the Result only
	// Connection, Remote and Started are known then. With Proxy the Remote is that of
	// the balancer: a connection has its number and its place before its header comes,
	// which may take as long as the idle limit.
	Accepted func(Result)
	// Identified, if not nil, is told of a connection whose header (Proxy) has named
	// another Remote, after Accepted and before the first activity. Of the Result only
	// Connection, Remote and Started are known then. It is not called for those whose
	// Remote stays what it was.
	Identified func(Result)
	// Observe, if not nil, is told of every change of state.
	Observe func(Transition)
	// Log, if not nil, is told of accept errors that are waited out.
	Log *slog.Logger

	accepted uint64
	pace     pace
	peers    peers
	aborts   atomic.Bool // Abort has been called
	slots    slots
	telling  sync.Mutex // held while one of the functions above is called
	failure  error      // what Result has returned; it is not called again
	drain    drain
	closed   atomic.Bool // the listener
}

// Transition is a change of state of a connection.
type Transition struct {
	Connection uint64
	From       fsm.State
	Event      fsm.Event
	To         fsm.State
	Since      time.Duration // since service began
	Silence    time.Duration // since the idle clock was last restarted (docs/protocol.md §4.2)
	Limit      time.Duration // the idle limit
}

// Progress is a connection that is being served.
type Progress struct {
	Connection uint64
	Remote     netip.AddrPort // with Server.Proxy that of the balancer until the header has named the peer
	Started    time.Time
	Bytes      int64         // of the payload, so far
	At         time.Time     // when that was so
	State      fsm.State     // what the machine is in, or is about to be
	Arrived    int           // bytes of the text that State expects
	Silence    time.Duration // since the idle clock was last restarted (docs/protocol.md §4.2)
}

// Progress returns what is being served, of some connections the one that came
// first; ok is false while nothing is. It may be called from any goroutine.
func (s *Server) Progress() (p Progress, ok bool) {
	for each := range s.Serving() {
		if !ok || each.Connection < p.Connection {
			p, ok = each, true
		}
	}
	return p, ok
}

// Serving returns the connections in service, in no order. It may be called from any
// goroutine; what comes or ends meanwhile is among them or is not.
func (s *Server) Serving() iter.Seq[Progress] {
	return func(yield func(Progress) bool) {
		for _, p := range s.slots.list() {
			if now := p.now.Load(); now != nil && !yield(now.progress()) {
				return
			}
		}
	}
}

// Drain makes Serve accept nothing more, and return nil when the connections in
// service have ended. Those that wait are left to the system. It may be called from
// any goroutine, before Serve too, and more than once.
func (s *Server) Drain() { s.drain.begin() }

// Serve accepts and serves until ctx is done, and then returns nil: the
// connections in service are ended through the event shutdown, those that have
// not been accepted are left to the system. It returns nil after Drain and Most as
// well, and an error if the listener fails for good or a Result could not be
// delivered. In any case the listener is closed and no goroutine is left.
func (s *Server) Serve(ctx context.Context, ln Listener) error {
	if s.Limits.aborts() && !slices.Contains(s.Table.Events, fsm.Aborted) {
		ln.Close()
		return ErrNoAborted
	}
	s.pace = newPace(s.Limits.Accepted)
	switch many, ok := ln.(manyListener); {
	case ok && (s.Concurrency > 1 || s.Beat != nil || many.needed()):
		return many.serveMany(ctx, s)
	case s.Concurrency > 1:
		return s.serveTogether(ctx, ln)
	}
	return s.serveInTurn(ctx, ln)
}

// manyListener is one that serves its connections by itself, some at a time.
type manyListener interface {
	serveMany(ctx context.Context, s *Server) error
	// needed reports whether it is served in no other way.
	needed() bool
}

// serveInTurn serves one connection at a time.
func (s *Server) serveInTurn(ctx context.Context, ln Listener) error {
	defer s.listens(ctx, ln, s.slots.interrupt)()
	defer s.beats()()
	p := s.newSlot()
	for s.accepts(ctx, 0) {
		c, err := s.accept(ctx, ln)
		if c == nil {
			return err
		}
		if !s.accepts(ctx, 1) {
			s.close(ln)
		}
		if err := p.serve(ctx, c); err != nil {
			return err
		}
	}
	return nil
}

// beats calls Beat from time to time until the returned function is called.
func (s *Server) beats() (stop func()) {
	if s.Beat == nil {
		return func() {}
	}
	s.Beat()
	done, stopped := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(stopped)
		for tick := time.Tick(s.BeatEvery); ; {
			select {
			case <-tick:
				s.Beat()
			case <-done:
				return
			}
		}
	}()
	return func() { close(done); <-stopped }
}

func (s *Server) idleTimeout() time.Duration {
	if s.IdleTimeout == 0 {
		return DefaultIdleTimeout
	}
	return s.IdleTimeout
}
