package transport

import (
	"errors"
	"io"
	"net"
	"net/netip"
	"os"
	"syscall"
)

// streamConn is a TCP or a Unix connection of package net.
type streamConn interface {
	net.Conn
	syscall.Conn
	CloseWrite() error
}

// netConn is the portable connection: package net, and a buffer to read into
// what is not kept.
type netConn struct {
	streamConn
	discarded []byte // nil: the connection makes one, when it needs it
}

const (
	// discardBuffer is the size of that buffer; a larger one wins nothing.
	discardBuffer = 64 << 10
	// discardOfMany is that of one of many connections, which all may need one.
	discardOfMany = 8 << 10
)

func (c *netConn) Remote() netip.AddrPort { return addrOf(c.RemoteAddr()) }

func (c *netConn) Read(p []byte) (int, error) {
	n, err := c.streamConn.Read(p)
	if n == 0 && errors.Is(err, os.ErrDeadlineExceeded) {
		return c.readNow(p)
	}
	return n, err
}

func (c *netConn) Discard() (int64, error) {
	if c.discarded == nil {
		c.discarded = make([]byte, discardOfMany)
	}
	n, err := c.Read(c.discarded)
	return int64(n), err
}

func (c *netConn) Write(p []byte) (int, error) {
	n, err := c.streamConn.Write(p)
	if n == 0 && errors.Is(err, os.ErrDeadlineExceeded) {
		return c.writeNow(p)
	}
	return n, err
}

// inlineUrgent makes urgent data ordinary data (docs/protocol.md §1.11); the
// sockets that accept returns inherit it, so that it holds from the first byte.
func inlineUrgent(_, _ string, raw syscall.RawConn) error {
	var err error
	if errControl := raw.Control(func(fd uintptr) { err = setInlineUrgent(fd) }); errControl != nil {
		return errControl
	}
	return err
}

// ReadFrom implements io.ReaderFrom, for who sends a file over TCP.
func (c *netConn) ReadFrom(r io.Reader) (int64, error) {
	return c.streamConn.(*net.TCPConn).ReadFrom(r)
}
