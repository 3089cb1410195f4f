package transport

import (
	"context"
	"errors"
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

// accept waits out what may pass: it retries at intervals that double from
// minBackoff to maxBackoff, and stops waiting when ctx is done.
func (s *Server) accept(ctx context.Context, ln Listener) (Incoming, error) {
	for delay := minBackoff; ; delay = min(2*delay, maxBackoff) {
		c, err := ln.Accept()
		if err == nil || !errno.IsPassing(err) {
			return c, err
		}
		if s.Log != nil {
			s.Log.Warn("cannot accept a connection; clients wait", "error", bare(err), "retry", delay)
		}
		select {
		case <-time.After(delay):
		case <-ctx.Done():
			return nil, net.ErrClosed
		}
	}
}

// bare is an error of accept without those around it that say that it is one.
func bare(err error) error {
	if call, ok := errors.AsType[*os.SyscallError](err); ok {
		err = call.Err
	}
	return err
}
