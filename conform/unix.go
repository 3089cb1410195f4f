//go:build unix

package conform

import "syscall"

const stopSignal, continueSignal = syscall.SIGSTOP, syscall.SIGCONT

// makePipe makes a named pipe.
func makePipe(name string) {
	if err := syscall.Mkfifo(name, 0o644); err != nil {
		panic(moot{err.Error()})
	}
}

// waiting reports whether a socket has something to read, or its end. Nothing is
// taken away.
func waiting(raw syscall.RawConn) (is bool) {
	raw.Control(func(fd uintptr) {
		var one [1]byte
		_, _, err := syscall.Recvfrom(int(fd), one[:], syscall.MSG_PEEK)
		is = err != syscall.EAGAIN
	})
	return is
}
