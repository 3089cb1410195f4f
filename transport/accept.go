package transport

import (
	"context"
	"errors"
	"syscall"
	"time"
)

// The back-off after an accept error that may pass.
const (
	minBackoff = 5 * time.Millisecond
	maxBackoff = time.Second
)

// accept waits out what may pass: it retries at intervals that double from
// minBackoff to maxBackoff, and stops waiting when ctx is done.
func (s *Server) accept(ctx context.Context, ln Listener) (Incoming, error) {
	for delay := minBackoff; ; delay = min(2*delay, maxBackoff) {
		c, err := ln.Accept()
		if err == nil || !temporary(err) {
			return c, err
		}
		if s.Log != nil {
			s.Log.Warn("cannot accept a connection; clients wait", "error", err, "retry", delay)
		}
		select {
		case <-time.After(delay):
		case <-ctx.Done():
		}
	}
}

// temporary reports whether an error of accept(2) says something of the moment
// or of the connection that was to be accepted, not of the listener. On Linux
// accept also passes on errors that are pending on the new connection.
func temporary(err error) bool {
	for _, e := range []error{
		syscall.EMFILE, syscall.ENFILE, syscall.ENOBUFS, syscall.ENOMEM,
		syscall.ECONNABORTED, syscall.ECONNRESET, syscall.EINTR, syscall.EAGAIN,
		syscall.EPERM, syscall.EPROTO, syscall.ENOPROTOOPT, syscall.EOPNOTSUPP,
		syscall.ENETDOWN, syscall.ENETUNREACH, syscall.EHOSTDOWN, syscall.EHOSTUNREACH, syscall.ETIMEDOUT,
	} {
		if errors.Is(err, e) {
			return true
		}
	}
	return false
}
