package cli

import (
	"errors"
	"fmt"
	"io"
)

// Exit statuses.
const (
	OK     = 0 // it did what it was asked to
	Failed = 1 // it failed at run time
	Usage  = 2 // the command line was wrong
)

// Status says on w what went wrong, if anything did, and returns the exit
// status for it. A wrong command line is followed by the usage line.
func Status(w io.Writer, err error, usage string) int {
	var wrong *UsageError
	switch {
	case err == nil:
		return OK
	case errors.As(err, &wrong):
		fmt.Fprintf(w, "ERROR: %v\n%s\n", err, usage)
		return Usage
	default:
		fmt.Fprintf(w, "ERROR: %v\n", err)
		return Failed
	}
}
