// Package socketfile has what the name of a Unix socket in a file system needs (unix(7)).
package socketfile

import (
	"net"
	"os"

	"accio/internal/errno"
)

// Free removes a Unix socket that nobody listens on. Whatever else has that name stays, and
// is an error of the bind that follows. An abstract name, which begins with @, needs nothing.
func Free(path string) {
	if path[0] == '@' {
		return
	}
	info, err := os.Lstat(path)
	if err != nil || info.Mode().Type() != os.ModeSocket {
		return
	}
	c, err := net.Dial("unix", path)
	if err == nil {
		c.Close()
		return
	}
	if errno.IsRefused(err) {
		os.Remove(path)
	}
}
