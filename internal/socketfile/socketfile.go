// Package socketfile has what the name of a Unix socket in a file system needs (unix(7)).
package socketfile

import (
	"io/fs"
	"net"
	"os"
	"runtime"
	"syscall"

	"accio/internal/errno"
)

// Longest is how long a path may be.
const Longest = len(syscall.RawSockaddrUnix{}.Path) - 1

// Free removes a Unix socket that is nobody's any more. Whatever else has that name stays,
// and is an error of the bind that follows. An abstract name, which begins with @, needs
// nothing. Whoever listens there does not notice.
func Free(path string) {
	if path[0] == '@' {
		return
	}
	info, err := os.Lstat(path)
	if err != nil || info.Mode().Type() != os.ModeSocket {
		return
	}
	// The socket of a stream refuses one of datagrams for its type, and not as a client.
	network := "unixgram"
	if runtime.GOOS == "windows" { // which has none of those
		network = "unix"
	}
	c, err := net.Dial(network, path)
	if err == nil {
		c.Close()
		return
	}
	if errno.IsRefused(err) {
		os.Remove(path)
	}
}

// File is the file of a socket that was bound. The zero value is none.
type File struct {
	path string
	made fs.FileInfo
}

// Bound is the file that a bind to path has made; an abstract name has none.
func Bound(path string) File {
	if path[0] == '@' {
		return File{}
	}
	info, err := os.Lstat(path)
	if err != nil {
		return File{}
	}
	return File{path, info}
}

// Remove removes the file, unless another one has its name now.
func (f File) Remove() {
	if there, err := os.Lstat(f.path); err == nil && os.SameFile(there, f.made) {
		os.Remove(f.path)
	}
}
