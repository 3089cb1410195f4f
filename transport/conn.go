package transport

import (
	"io"
	"time"
)

// Conn is all that the loop asks of a connection.
//
// Read, Discard and Write move at least one byte, or none and return an error;
// beside moved bytes an error counts for nothing. Each of them tries before it
// waits, and once more when the deadline has passed: os.ErrDeadlineExceeded
// means that nothing could be moved after that moment, so that no deadline
// hides what the connection holds (docs/protocol.md §2, order of precedence).
// io.EOF means that the peer has ended its side. An error is returned once; the
// loop never asks again.
//
// One goroutine uses a Conn; SetDeadline alone may be called by others.
type Conn interface {
	// Read takes bytes that have arrived, at most len(p), which is not 0.
	io.Reader
	// Discard takes bytes that have arrived, as many as suit it, and returns
	// how many they were.
	Discard() (int64, error)
	// Write gives as many bytes of p as the connection takes.
	Write(p []byte) (int, error)
	// CloseWrite ends our side of the stream; what was written still arrives.
	CloseWrite() error
	// SetDeadline bounds the waiting of the call in progress and of those that
	// follow. The zero time is no bound.
	SetDeadline(t time.Time) error
}
