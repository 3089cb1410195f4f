//go:build linux

package simkernel

import (
	"errors"
	"io"
	"net"
	"os"
	"time"

	"golang.org/x/sys/unix"
)

// Conn is a connected socket of a process as package net has it: its deadlines are of
// virtual time, its errors a *net.OpError around those of the system.
type Conn struct {
	p             *Process
	fd            int
	yield         func()
	local, remote net.Addr
	read, write   deadline
	after         func() // the close; may be nil
}

var _ net.Conn = (*Conn)(nil)

// deadline is one of package net's. The zero value has not been set.
type deadline struct {
	at    time.Time
	timer *time.Timer
}

func (d *deadline) passed() bool { return !d.at.IsZero() && !time.Now().Before(d.at) }

// until is a call that waits as long as it says EAGAIN, on a descriptor that may be
// closed meanwhile.
func (p *Process) until(name string, fd int, d *deadline, try func(*socket) error) error {
	return p.call(name, func() error {
		for {
			f, open := p.files[fd]
			if !open {
				return net.ErrClosed
			}
			if d.passed() {
				return os.ErrDeadlineExceeded
			}
			if err := try(f.(*socket)); err != unix.EAGAIN {
				return err
			}
			p.k.changed.Wait()
		}
	})
}

// bound sets deadlines and wakes who waits.
func (p *Process) bound(fd int, t time.Time, list ...*deadline) error {
	return p.call("", func() error {
		if p.files[fd] == nil {
			return net.ErrClosed
		}
		for _, d := range list {
			if d.timer != nil {
				d.timer.Stop()
			}
			if d.at = t; !t.IsZero() {
				d.timer = time.AfterFunc(time.Until(t), func() { p.call("", func() error { return nil }) })
			}
		}
		return nil
	})
}

// shut is a close that is no misuse the second time.
func (p *Process) shut(fd int) error {
	return p.call("close", func() error {
		f, open := p.files[fd]
		if !open {
			return net.ErrClosed
		}
		delete(p.files, fd)
		f.close()
		return nil
	})
}

// wrapped makes of an error what package net has inside of its own.
func wrapped(call string, err error) error {
	if errno, ok := errors.AsType[unix.Errno](err); ok {
		return os.NewSyscallError(call, errno)
	}
	return err
}

func (c *Conn) error(op, call string, err error) error {
	if err == nil || err == io.EOF {
		return err
	}
	return &net.OpError{Op: op, Net: "tcp4", Source: c.local, Addr: c.remote, Err: wrapped(call, err)}
}

// Read is that of a *net.TCPConn.
func (c *Conn) Read(b []byte) (n int, err error) {
	point(c.yield)
	defer point(c.yield)
	bound := &c.read
	if len(b) == 0 {
		bound = &deadline{} // as package net has it
	}
	err = c.p.until("read", c.fd, bound, func(s *socket) error {
		if len(b) == 0 {
			return nil
		}
		taken, err := s.receive(c.p.most(len(b)), true)
		if n = copy(b, taken); n == 0 && err == nil {
			err = io.EOF
		}
		return err
	})
	return n, c.error("read", "read", err)
}

// Write is that of a *net.TCPConn: it writes all of b, or returns an error.
func (c *Conn) Write(b []byte) (n int, err error) {
	point(c.yield)
	defer point(c.yield)
	for again := true; again && err == nil; again = n < len(b) {
		err = c.p.until("write", c.fd, &c.write, func(s *socket) error {
			m, err := s.send(b[n:n+c.p.most(len(b)-n)], false)
			n += m
			return err
		})
	}
	return n, c.error("write", "write", err)
}

// Close closes both directions, and ends the calls that wait.
func (c *Conn) Close() error {
	point(c.yield)
	defer point(c.yield)
	err := c.p.shut(c.fd)
	if c.after != nil {
		c.after()
	}
	return c.error("close", "close", err)
}

// CloseWrite ends our side of the stream.
func (c *Conn) CloseWrite() error { return c.shutdown(unix.SHUT_WR) }

// CloseRead ends the other: what arrives then is lost.
func (c *Conn) CloseRead() error { return c.shutdown(unix.SHUT_RD) }

func (c *Conn) shutdown(how int) error {
	point(c.yield)
	defer point(c.yield)
	var none deadline
	return c.error("close", "shutdown", c.p.until("shutdown", c.fd, &none, func(s *socket) error { return s.shutdown(how) }))
}

// SetDeadline bounds the waiting of the calls in progress and of those that follow;
// the zero time is no bound. It may be called by any goroutine and is no yield point.
func (c *Conn) SetDeadline(t time.Time) error { return c.set(t, &c.read, &c.write) }

// SetReadDeadline does so for Read.
func (c *Conn) SetReadDeadline(t time.Time) error { return c.set(t, &c.read) }

// SetWriteDeadline does so for Write.
func (c *Conn) SetWriteDeadline(t time.Time) error { return c.set(t, &c.write) }

func (c *Conn) set(t time.Time, list ...*deadline) error {
	return c.error("set", "set", c.p.bound(c.fd, t, list...))
}

// LocalAddr returns the server's address.
func (c *Conn) LocalAddr() net.Addr { return c.local }

// RemoteAddr returns the client's.
func (c *Conn) RemoteAddr() net.Addr { return c.remote }
