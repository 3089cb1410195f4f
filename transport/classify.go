package transport

import (
	"errors"
	"io"
	"os"

	"accio/fsm"
)

// classify turns the error that ended an activity into its event. Shutdown is
// not among them: it is known by the context, which the loop looks at before
// it looks at an error (docs/protocol.md §2, order of precedence).
func classify(err error) fsm.Event {
	switch {
	case errors.Is(err, io.EOF):
		return fsm.Closed
	case errors.Is(err, os.ErrDeadlineExceeded):
		return fsm.TimedOut
	default:
		return fsm.Failed
	}
}
