//go:build unix && !aix && !solaris

package trace

import (
	"errors"
	"os"
	"syscall"
)

// atEnd makes every write go to the end of the file.
const atEnd = os.O_APPEND

// lock locks f for as long as it is open. A file system without locks has none.
func lock(f *os.File) error {
	if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); errors.Is(err, syscall.EWOULDBLOCK) {
		return ErrInUse
	}
	return nil
}
