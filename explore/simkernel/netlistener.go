//go:build linux

package simkernel

import (
	"net"
	"net/netip"
	"os"
	"time"

	"golang.org/x/sys/unix"
)

// Listener is a listening socket of a process as package net has it.
type Listener struct {
	p     *Process
	fd    int
	bound deadline
	yield func() // at each yield point; may be nil
	once  bool   // it is closed with the first connection
}

var _ net.Listener = (*Listener)(nil)

// ListenNet opens a listening socket on a port, or on any for 0. Before and after
// each call of it, and of the connections that it accepts, yield is called; it may
// be nil. The error is a *net.OpError.
func (p *Process) ListenNet(port uint16, yield func()) (*Listener, error) {
	l := &Listener{p: p, yield: yield}
	fd, err := p.Socket(unix.AF_INET, unix.SOCK_STREAM|unix.SOCK_NONBLOCK, 0)
	call := "socket"
	if err == nil {
		l.fd, call = fd, "bind"
		err = p.Bind(fd, netip.AddrPortFrom(netip.IPv4Unspecified(), port))
	}
	if err == nil {
		call = "listen"
		err = p.Listen(fd, unix.SOMAXCONN)
	}
	if err != nil {
		return nil, &net.OpError{Op: "listen", Net: "tcp4", Addr: address(netip.AddrPortFrom(netip.IPv4Unspecified(), port)), Err: os.NewSyscallError(call, err)}
	}
	return l, nil
}

func point(yield func()) {
	if yield != nil {
		yield()
	}
}

// Accept waits for the next connection.
func (l *Listener) Accept() (net.Conn, error) {
	point(l.yield)
	defer point(l.yield)
	var c *Conn
	err := l.p.until("accept4", l.fd, &l.bound, func(s *socket) error {
		switch {
		case !s.listening:
			return unix.EINVAL
		case len(s.queue) == 0:
			return unix.EAGAIN
		}
		next := s.queue[0]
		fd, err := l.p.descriptor(next)
		if err != nil {
			return err
		}
		s.queue = s.queue[1:]
		s.admit()
		next.nonblock = true
		c = &Conn{p: l.p, fd: fd, yield: l.yield, local: address(next.local), remote: address(next.remote)}
		if l.once {
			c.after = func() { l.Close() }
		}
		return nil
	})
	if err != nil {
		return nil, &net.OpError{Op: "accept", Net: "tcp4", Addr: l.Addr(), Err: wrapped("accept4", err)}
	}
	return c, nil
}

// SetDeadline bounds the waiting of Accept.
func (l *Listener) SetDeadline(t time.Time) error { return l.p.bound(l.fd, t, &l.bound) }

// Close stops listening: who waits in Accept gets net.ErrClosed.
func (l *Listener) Close() error {
	return wrapped("close", l.p.shut(l.fd))
}

// Addr returns where it listens.
func (l *Listener) Addr() net.Addr {
	at, _ := l.p.Getsockname(l.fd)
	return address(at)
}

func address(at netip.AddrPort) net.Addr { return net.TCPAddrFromAddrPort(at) }
