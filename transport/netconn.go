package transport

import (
	"errors"
	"net"
	"os"
)

// netConn is the portable Conn: package net, and a buffer to read into what is
// not kept.
type netConn struct {
	*net.TCPConn
	discarded []byte
}

const discardBuffer = 64 << 10

func newNetConn(c *net.TCPConn) Conn { return &netConn{TCPConn: c} }

func newConn(c *net.TCPConn) Conn { return newNetConn(c) }

func (c *netConn) Read(p []byte) (int, error) {
	n, err := c.TCPConn.Read(p)
	if n == 0 && errors.Is(err, os.ErrDeadlineExceeded) {
		n, err = c.readNow(p)
	}
	return n, err
}

func (c *netConn) Discard() (int64, error) {
	if c.discarded == nil {
		c.discarded = make([]byte, discardBuffer)
	}
	n, err := c.Read(c.discarded)
	return int64(n), err
}

func (c *netConn) Write(p []byte) (int, error) {
	n, err := c.TCPConn.Write(p)
	if n == 0 && errors.Is(err, os.ErrDeadlineExceeded) {
		n, err = c.writeNow(p)
	}
	if n > 0 {
		return n, nil
	}
	return n, err
}
