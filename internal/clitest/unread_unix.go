//go:build unix

package clitest

import (
	"os"
	"testing"

	"golang.org/x/sys/unix"
)

// Unread closes the end of a pipe that is read, and waits until nobody has it: a process
// that another test has just begun may have it still.
func Unread(t testing.TB, r, w *os.File) {
	t.Helper()
	Check(t, r.Close())
	for polled := []unix.PollFd{{Fd: int32(w.Fd())}}; polled[0].Revents&unix.POLLERR == 0; {
		if n, err := unix.Poll(polled, 10_000); err != unix.EINTR && (n == 0 || err != nil) {
			t.Fatalf("somebody holds the other end: %v", err)
		}
	}
}
