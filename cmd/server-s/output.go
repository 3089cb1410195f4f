package main

import (
	"errors"
	"fmt"
	"io"
	"time"
)

var (
	errBlocked = errors.New("writing is blocked, nobody reads it")
	// errBusy is errBlocked for a line that was not begun, as one before it is
	// blocked; that one is still written when somebody reads.
	errBusy = fmt.Errorf("%w", errBlocked)
)

// output writes to a file that may block for ever, such as a full pipe, from a
// goroutine of its own. One goroutine uses it.
type output struct {
	lines   chan []byte
	written chan error
	stuck   bool // a write was given up and has not returned yet
}

func newOutput(w io.Writer) *output {
	o := &output{lines: make(chan []byte), written: make(chan error, 1)}
	go func() {
		for line := range o.lines {
			_, err := w.Write(line)
			o.written <- err
		}
	}()
	return o
}

// write returns when line is written or cannot be. It returns errBlocked when
// giveUp is ready first, and from then on errBusy until that write has returned.
func (o *output) write(line []byte, giveUp <-chan time.Time) error {
	if o.stuck {
		select {
		case <-o.written:
			o.stuck = false
		default:
			return errBusy
		}
	}
	o.lines <- line
	select {
	case err := <-o.written:
		return err
	case <-giveUp:
		o.stuck = true
		return errBlocked
	}
}
