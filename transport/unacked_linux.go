package transport

import "golang.org/x/sys/unix"

// unacked returns how many bytes the system has taken from us that the peer's
// has not acknowledged yet (tcp(7), SIOCOUTQ).
func (c *netConn) unacked() int {
	n := 0
	if raw, err := c.SyscallConn(); err == nil {
		raw.Control(func(fd uintptr) { n, _ = unix.IoctlGetInt(int(fd), unix.SIOCOUTQ) })
	}
	return n
}
