package transport

import (
	"context"
	"net"
	"net/netip"
	"os"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/sys/unix"
)

// fastListener accepts with system calls of its own. Its socket and those of
// its connections stay out of Go's netpoller, which would wake a thread for
// each of them. One fastConn serves its connections, one after another.
type fastListener struct {
	fd        int
	addr      netip.AddrPort
	conn      fastConn
	closed    atomic.Bool
	accepting sync.Mutex // held by whoever accepts from fd
	asking    sync.Mutex // held by whoever asks about fd
	ready     [1]unix.PollFd
}

func listenFast(_ context.Context, port int) (Listener, error) { return listenBy(kernel{}, port) }

func listenBy(sys syscalls, port int) (Listener, error) {
	fd, err := sys.Socket(unix.AF_INET, unix.SOCK_STREAM|unix.SOCK_NONBLOCK|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return nil, opError("listen", os.NewSyscallError("socket", err))
	}
	l := &fastListener{fd: fd}
	l.conn.sys = sys
	if err := l.open(port); err != nil {
		sys.Close(fd)
		return nil, opError("listen", err)
	}
	return l, nil
}

func opError(op string, err error) error { return &net.OpError{Op: op, Net: "tcp4", Err: err} }

// open does what package net does to listen, but for Multipath TCP, and sets
// what the sockets that accept(2) returns are to inherit.
func (l *fastListener) open(port int) (err error) {
	sys := l.conn.sys
	for _, option := range []struct{ level, name int }{
		{unix.SOL_SOCKET, unix.SO_REUSEADDR}, // restart at once after a session
		{unix.SOL_SOCKET, unix.SO_OOBINLINE}, // docs/protocol.md §1.11; inherited
		{unix.IPPROTO_TCP, unix.TCP_NODELAY}, // the second command does not wait for an acknowledgement; inherited
	} {
		if err := sys.Setsockopt(l.fd, option.level, option.name, 1); err != nil {
			return os.NewSyscallError("setsockopt", err)
		}
	}
	if err := sys.Bind(l.fd, netip.AddrPortFrom(netip.IPv4Unspecified(), uint16(port))); err != nil {
		return os.NewSyscallError("bind", err)
	}
	if err := sys.Listen(l.fd, backlog); err != nil {
		return os.NewSyscallError("listen", err)
	}
	if l.addr, err = sys.Getsockname(l.fd); err != nil {
		return os.NewSyscallError("getsockname", err)
	}
	return l.conn.wakeup.open()
}

// backlog is what listen(2) is asked for; the kernel takes no more than
// net.core.somaxconn, 4096 by default.
const backlog = 4096

func (l *fastListener) Addr() netip.AddrPort { return l.addr }

func (l *fastListener) Accept() (Incoming, error) {
	l.accepting.Lock()
	defer l.accepting.Unlock()
	for !l.closed.Load() {
		fd, remote, err := l.conn.sys.Accept4(l.fd, unix.SOCK_NONBLOCK|unix.SOCK_CLOEXEC)
		switch {
		case err == nil:
			l.conn.reset(fd, remote)
			return &l.conn, nil
		case err == unix.EAGAIN:
			l.ready[0] = unix.PollFd{Fd: int32(l.fd), Events: unix.POLLIN}
			l.conn.turn.yield(time.Since(epoch))
			if _, err := l.conn.sys.Ppoll(l.ready[:], nil); err != nil && err != unix.EINTR {
				return nil, acceptError("ppoll", err) // to try again at once would be to spin
			}
		case err != unix.EINTR && !l.closed.Load():
			return nil, acceptError("accept4", err)
		}
	}
	return nil, net.ErrClosed
}

func acceptError(call string, err error) error {
	return opError("accept", os.NewSyscallError(call, err))
}

// Close ends a waiting Accept by shutdown(2), which makes a listening socket
// stop listening at once.
func (l *fastListener) Close() error {
	if l.closed.Swap(true) {
		return net.ErrClosed
	}
	l.conn.sys.Shutdown(l.fd, unix.SHUT_RDWR)
	l.accepting.Lock()
	defer l.accepting.Unlock()
	l.asking.Lock()
	defer l.asking.Unlock()
	defer l.conn.release()
	return os.NewSyscallError("close", l.conn.sys.Close(l.fd))
}

// Queued implements Queue.
func (l *fastListener) Queued() (int, bool) {
	l.asking.Lock()
	defer l.asking.Unlock()
	if l.closed.Load() {
		return 0, false
	}
	return queued(l.conn.sys, l.fd)
}
