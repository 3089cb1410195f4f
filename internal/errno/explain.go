package errno

import (
	"errors"
	"fmt"
	"io/fs"
	"syscall"
)

// hints are what would be right where a file cannot be written, or an address not be had.
var hints = []struct {
	errors []error
	text   string
}{
	{[]error{fs.ErrNotExist}, "its directory is not there, or takes no files: make it, or choose another"},
	{[]error{syscall.ENOTDIR}, "what stands for its directory is none: choose another"},
	{[]error{syscall.EISDIR}, "name a file in it"},
	{[]error{syscall.EROFS}, "nothing can be written there: choose another place"},
	{[]error{fs.ErrPermission}, "the user whom this runs as may not: choose another place, or another user"},
	{noAddress, "this machine has no such address: choose one of its own, or 0.0.0.0 or [::] for all"},
	{[]error{syscall.ENODEV}, "this machine has no such network interface"},
}

// Explain adds to an error of opening what would be right, where the system has only said
// what is wrong.
func Explain(err error) error {
	for _, h := range hints {
		for _, e := range h.errors {
			if errors.Is(err, e) {
				return fmt.Errorf("%w; %s", err, h.text)
			}
		}
	}
	return err
}
