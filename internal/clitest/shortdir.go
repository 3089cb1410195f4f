package clitest

import (
	"os"
	"testing"
)

// ShortDir returns a directory for Unix sockets, whose names have room for a hundred
// bytes (unix(7)): that of TempDir may be longer. It is removed after the test.
func ShortDir(t testing.TB) string {
	t.Helper()
	dir, err := os.MkdirTemp("/tmp", "s")
	if err != nil {
		return t.TempDir()
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	return dir
}
