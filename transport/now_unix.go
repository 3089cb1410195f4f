//go:build unix

package transport

import (
	"io"
	"os"
	"syscall"
)

// readNow takes what has arrived without waiting. Package net refuses to look
// once a deadline has passed; its sockets are non-blocking, so read(2) looks.
func (c *netConn) readNow(p []byte) (int, error) {
	n, err := c.now(syscall.Read, p)
	if n == 0 && err == nil {
		err = io.EOF
	}
	return n, err
}

// writeNow gives what the socket takes without waiting.
func (c *netConn) writeNow(p []byte) (int, error) {
	return c.now(syscall.Write, p)
}

func (c *netConn) now(call func(int, []byte) (int, error), p []byte) (n int, err error) {
	raw, err := c.SyscallConn()
	if err != nil {
		return 0, err
	}
	errControl := raw.Control(func(fd uintptr) {
		for {
			if n, err = call(int(fd), p); err != syscall.EINTR {
				return
			}
		}
	})
	switch {
	case errControl != nil:
		return 0, errControl
	case err == syscall.EAGAIN:
		return 0, os.ErrDeadlineExceeded
	case err != nil:
		return 0, os.NewSyscallError("recv", err)
	}
	return n, nil
}

// setInlineUrgent sets it (tcp(7), SO_OOBINLINE).
func setInlineUrgent(fd uintptr) error {
	return os.NewSyscallError("setsockopt", syscall.SetsockoptInt(int(fd), syscall.SOL_SOCKET, syscall.SO_OOBINLINE, 1))
}
