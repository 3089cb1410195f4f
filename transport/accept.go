package transport

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"time"

	"accio/internal/errno"
)

// The back-off after an accept error that may pass.
const (
	minBackoff = 5 * time.Millisecond
	maxBackoff = time.Second
)

// accept returns the next connection; nil without an error says that we have stopped
// listening. It waits out what may pass: it retries at intervals that double from
// minBackoff to maxBackoff, and stops waiting when ctx is done.
func (s *Server) accept(ctx context.Context, ln Listener) (Incoming, error) {
	s.pace.wait(ctx)
	for delay := minBackoff; ; delay = min(2*delay, maxBackoff) {
		c, err := ln.Accept()
		switch {
		case err == nil:
			s.pace.took()
			return c, nil
		case s.stopped(ctx) && errors.Is(err, net.ErrClosed):
			return nil, nil
		case !errno.IsPassing(err):
			return nil, fmt.Errorf("accept: %w", bare(err))
		}
		s.waits(err, delay)
		select {
		case <-time.After(delay):
		case <-ctx.Done():
			return nil, nil
		}
	}
}

// stopped reports whether no more is to be accepted, ever.
func (s *Server) stopped(ctx context.Context) bool { return ctx.Err() != nil || s.drain.begun.Load() }

// accepts reports whether one more connection is to be accepted, beside those that have
// been and whose service has not begun.
func (s *Server) accepts(ctx context.Context, pending uint64) bool {
	return !s.stopped(ctx) && (s.Most == 0 || s.accepted+pending < s.Most)
}

// close ends the listening, for good.
func (s *Server) close(ln Listener) {
	s.closed.Store(true)
	ln.Close()
}

// Closed reports whether Serve has stopped listening. It may be called from any goroutine.
func (s *Server) Closed() bool { return s.closed.Load() }

// waits tells of an accept error that is waited out.
func (s *Server) waits(err error, delay time.Duration) {
	if s.Log != nil {
		s.Log.Warn("cannot accept a connection; clients wait", "error", bare(err), "retry", delay)
	}
}

// bare is an error of accept without those around it that say that it is one.
func bare(err error) error {
	if call, ok := errors.AsType[*os.SyscallError](err); ok {
		err = call.Err
	}
	return err
}
