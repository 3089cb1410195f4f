package cli

import (
	"errors"
	"io"
	"syscall"
	"time"
)

// Whole is a writer whose Write does not end before all is written or cannot
// be, as io.Writer has it. For that it waits where a file is full that somebody
// else has made non-blocking, which whoever shares a pipe or a terminal can do.
type Whole struct{ io.Writer }

// wholeInterval is how often it tries: such a file cannot be waited for alike
// on every system.
const wholeInterval = 10 * time.Millisecond

func (w Whole) Write(p []byte) (written int, err error) {
	for {
		n, err := w.Writer.Write(p[written:])
		written += n
		if !errors.Is(err, syscall.EAGAIN) {
			return written, err
		}
		time.Sleep(wholeInterval)
	}
}
