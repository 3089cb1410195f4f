package clitest

import (
	"net"
	"os"
	"testing"
)

// Check ends the test if there is an error.
func Check(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// MustTalk is Talk that ends the test on an error.
func MustTalk(t testing.TB, c *net.TCPConn, steps ...string) {
	t.Helper()
	Check(t, Talk(c, steps...))
}

// Pipe returns a pipe whose ends are closed after the test.
func Pipe(t testing.TB) (r, w *os.File) {
	t.Helper()
	r, w, err := os.Pipe()
	Check(t, err)
	t.Cleanup(func() { r.Close(); w.Close() })
	return r, w
}
