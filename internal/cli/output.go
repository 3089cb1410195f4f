package cli

import (
	"errors"
	"fmt"
	"io"
	"time"
)

// EraseLine erases the line that the cursor is in, and moves to its beginning
// (ECMA-48, EL).
const EraseLine = "\r\x1b[K"

var (
	// ErrBlocked is a write that was given up.
	ErrBlocked = errors.New("writing is blocked, nobody reads it")
	// ErrBusy is ErrBlocked for a line that was not begun, as one before it is
	// blocked; that one is still written when somebody reads.
	ErrBusy = fmt.Errorf("%w", ErrBlocked)
)

// Output writes to a file that may block for ever, such as a full pipe, from a
// goroutine of its own, which Close ends. One goroutine uses it.
type Output struct {
	lines   chan []byte
	written chan error
	stuck   bool // a write was given up and has not returned yet
}

// NewOutput returns an Output to w.
func NewOutput(w io.Writer) *Output {
	o := &Output{lines: make(chan []byte), written: make(chan error, 1)}
	go func() {
		for line := range o.lines {
			_, err := w.Write(line)
			o.written <- err
		}
	}()
	return o
}

// Write returns when line is written or cannot be. It returns ErrBlocked when
// giveUp is ready first, and from then on ErrBusy until that write has returned.
func (o *Output) Write(line []byte, giveUp <-chan time.Time) error {
	if o.stuck {
		select {
		case <-o.written:
			o.stuck = false
		default:
			return ErrBusy
		}
	}
	o.lines <- line
	select {
	case err := <-o.written:
		return err
	case <-giveUp:
		o.stuck = true
		return ErrBlocked
	}
}

// Close ends the goroutine, at the latest when the write in progress returns.
func (o *Output) Close() { close(o.lines) }
