package clitest

import (
	"net"
	"testing"
)

// IPv6 reports whether this machine has the address ::1, and says so if it has not.
func IPv6(t testing.TB) bool {
	t.Helper()
	ln, err := net.Listen("tcp6", "[::1]:0")
	if err != nil {
		t.Logf("without IPv6: %v", err)
		return false
	}
	ln.Close()
	return true
}
