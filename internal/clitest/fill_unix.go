//go:build unix

package clitest

import (
	"os"
	"strings"
	"syscall"
	"testing"
)

// Fill writes to a pipe until it is full and returns how many bytes that took.
func Fill(t testing.TB, w *os.File) int {
	t.Helper()
	raw, err := w.SyscallConn()
	Check(t, err)
	total, line := 0, []byte(strings.Repeat("-", 1023)+"\n")
	Check(t, raw.Control(func(fd uintptr) {
		syscall.SetNonblock(int(fd), true)
		defer syscall.SetNonblock(int(fd), false)
		for chunk := line; len(chunk) > 0; {
			n, err := syscall.Write(int(fd), chunk)
			if err == syscall.EAGAIN {
				chunk = chunk[:len(chunk)/2]
			}
			total += max(n, 0)
		}
	}))
	return total
}
