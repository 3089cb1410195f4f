package transport

import (
	"os"
	"syscall"
	"time"
)

// grace is how far ahead the deadline of a last look lies: package net has no
// other way to look without waiting, here.
const grace = 20 * time.Millisecond

// readNow takes what has arrived, almost without waiting.
func (c *netConn) readNow(p []byte) (int, error) {
	c.SetDeadline(time.Now().Add(grace))
	return c.streamConn.Read(p)
}

// writeNow gives what the socket takes, almost without waiting.
func (c *netConn) writeNow(p []byte) (int, error) {
	c.SetDeadline(time.Now().Add(grace))
	return c.streamConn.Write(p)
}

// soOOBInline is SO_OOBINLINE of Winsock's SOL_SOCKET options.
const soOOBInline = 0x0100

// setInlineUrgent sets it.
func setInlineUrgent(fd uintptr) error {
	return os.NewSyscallError("setsockopt", syscall.SetsockoptInt(syscall.Handle(fd), syscall.SOL_SOCKET, soOOBInline, 1))
}
