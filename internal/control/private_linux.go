package control

import "syscall"

// private makes a socket that is not bound yet its user's alone: the file that bind(2)
// makes has the mode of the socket.
func private(_, _ string, c syscall.RawConn) error {
	var err error
	if failed := c.Control(func(fd uintptr) { err = syscall.Fchmod(int(fd), mode) }); failed != nil {
		return failed
	}
	return err
}
