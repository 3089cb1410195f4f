//go:build !linux

package main

import (
	"io"
	"net"
	"os"
	"strconv"
	"time"
)

// conn is the client's end.
type conn struct{ *net.TCPConn }

func dialOnce(port int) (*conn, error) {
	c, err := net.DialTimeout("tcp4", net.JoinHostPort("127.0.0.1", strconv.Itoa(port)), clientPatience)
	if err != nil {
		return nil, err
	}
	return &conn{c.(*net.TCPConn)}, c.SetDeadline(time.Now().Add(clientPatience))
}

// sendFile sends the first n bytes of f; the kernel moves them if it can.
func (c *conn) sendFile(f *os.File, n int64) error {
	if _, err := f.Seek(0, io.SeekStart); err != nil {
		return err
	}
	if err := c.SetDeadline(time.Now().Add(clientPatience)); err != nil {
		return err
	}
	sent, err := c.ReadFrom(io.LimitReader(f, n))
	if err == nil && sent < n {
		err = io.ErrUnexpectedEOF
	}
	return err
}
