package trace

import (
	"errors"
	"os"

	"golang.org/x/sys/windows"
)

// atEnd is 0, as a file that is opened for appending cannot be truncated here.
const atEnd = 0

// lock locks f for as long as it is open. The lock is on a byte that no trace
// has: those that are locked cannot be read by others.
func lock(f *os.File) error {
	const exclusive = windows.LOCKFILE_EXCLUSIVE_LOCK | windows.LOCKFILE_FAIL_IMMEDIATELY
	err := windows.LockFileEx(windows.Handle(f.Fd()), exclusive, 0, 1, 0, &windows.Overlapped{OffsetHigh: 1 << 30})
	if errors.Is(err, windows.ERROR_LOCK_VIOLATION) {
		return ErrInUse
	}
	return nil
}
