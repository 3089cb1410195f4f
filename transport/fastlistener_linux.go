package transport

import (
	"context"
	"errors"
	"net"
	"net/netip"
	"os"
	"sync"
	"sync/atomic"
	"time"

	"accio/internal/socketfile"

	"golang.org/x/sys/unix"
)

// fastListener accepts with system calls of its own. Its socket and those of
// its connections stay out of Go's netpoller, which would wake a thread for
// each of them. One fastConn serves its connections, one after another.
type fastListener struct {
	fd        int
	addr      netip.AddrPort         // the zero value of a Unix socket
	path      string                 // of that
	file      socketfile.File        // of that, if we have made it
	shared    bool                   // with another program
	crowd     atomic.Pointer[wakeup] // of who serves it with others; nil: nobody
	conn      fastConn
	closed    atomic.Bool
	accepting sync.Mutex // held by whoever accepts from fd
	asking    sync.Mutex // held by whoever asks about fd
	ready     [1]unix.PollFd
}

func listenFast(_ context.Context, at Address) (Listener, error) { return listenFastAt(kernel{}, at) }

func listenFastAt(sys syscalls, at Address) (Listener, error) {
	family := unix.AF_INET
	if at.Path != "" {
		family = unix.AF_UNIX
	} else if at.Addr().Is6() {
		family = unix.AF_INET6
	}
	fd, err := sys.Socket(family, unix.SOCK_STREAM|unix.SOCK_NONBLOCK|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return nil, opError("listen", os.NewSyscallError("socket", err))
	}
	l := &fastListener{fd: fd, path: at.Path}
	l.conn.sys = sys
	if err := l.open(at, family); err != nil {
		l.file.Remove()
		sys.Close(fd)
		return nil, opError("listen", err)
	}
	return l, nil
}

func opError(op string, err error) error { return &net.OpError{Op: op, Net: "tcp4", Err: err} }

// open does what package net does to listen, but for Multipath TCP.
func (l *fastListener) open(at Address, family int) (err error) {
	sys := l.conn.sys
	if family == unix.AF_UNIX {
		socketfile.Free(l.path)
		if err = sys.BindPath(l.fd, l.path); err == nil {
			l.file = socketfile.Bound(l.path)
		}
	} else {
		if family == unix.AF_INET6 { // that of all addresses has IPv4 too, whatever the system's default
			if err := sys.Setsockopt(l.fd, unix.IPPROTO_IPV6, unix.IPV6_V6ONLY, 0); err != nil {
				return os.NewSyscallError("setsockopt", err)
			}
		}
		if err := l.options(unix.SO_REUSEADDR); err != nil { // restart at once after a session
			return err
		}
		err = sys.Bind(l.fd, at.AddrPort)
	}
	if err != nil {
		return os.NewSyscallError("bind", err)
	}
	if err := sys.Listen(l.fd, backlog); err != nil {
		return os.NewSyscallError("listen", err)
	}
	if l.path != "" {
		return l.conn.wakeup.open()
	}
	if l.addr, err = sys.Getsockname(l.fd); err != nil {
		return os.NewSyscallError("getsockname", err)
	}
	return l.conn.wakeup.open()
}

// options sets what the sockets that accept(2) returns are to inherit, and more.
func (l *fastListener) options(more ...int) error {
	for _, name := range append(more, unix.SO_OOBINLINE) { // docs/protocol.md §1.11
		if err := l.conn.sys.Setsockopt(l.fd, unix.SOL_SOCKET, name, 1); err != nil {
			return os.NewSyscallError("setsockopt", err)
		}
	}
	// The second command does not wait for an acknowledgement.
	return os.NewSyscallError("setsockopt", l.conn.sys.Setsockopt(l.fd, unix.IPPROTO_TCP, unix.TCP_NODELAY, 1))
}

// inheritFast is Inherit.
func inheritFast(f *os.File) (Listener, error) {
	l := &fastListener{shared: true}
	l.conn.sys = kernel{}
	var family, kind, listens int
	err := control(f, func(fd int) (err error) {
		if family, err = unix.GetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_DOMAIN); err != nil {
			return err
		}
		if kind, err = unix.GetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_TYPE); err != nil || kind != unix.SOCK_STREAM {
			return err
		}
		if listens, err = unix.GetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_ACCEPTCONN); err != nil || listens == 0 {
			return err
		}
		if l.fd, err = unix.FcntlInt(uintptr(fd), unix.F_DUPFD_CLOEXEC, 0); err != nil {
			return err
		}
		return unix.SetNonblock(l.fd, true)
	})
	switch {
	case err != nil:
		return nil, opError("listen", err)
	case kind != unix.SOCK_STREAM:
		return nil, opError("listen", errNoStream)
	case listens == 0:
		return nil, opError("listen", errors.New("a socket that does not listen"))
	}
	if family == unix.AF_UNIX {
		name, err := unix.Getsockname(l.fd)
		if at, ok := name.(*unix.SockaddrUnix); ok && err == nil {
			l.path = at.Name
		}
	} else if l.addr, err = l.conn.sys.Getsockname(l.fd); err == nil {
		if err = l.options(); errors.Is(err, unix.EOPNOTSUPP) {
			err = nil // Multipath TCP has no urgent data
		}
	}
	if err == nil {
		err = l.conn.wakeup.open()
	}
	if err != nil {
		l.conn.sys.Close(l.fd)
		return nil, opError("listen", err)
	}
	return l, nil
}

// control calls do with the descriptor of a file.
func control(f *os.File, do func(fd int) error) error {
	raw, err := f.SyscallConn()
	if err != nil {
		return err
	}
	var failed error
	err = raw.Control(func(fd uintptr) { failed = do(int(fd)) })
	return errors.Join(err, failed)
}

// backlog is what listen(2) is asked for; the kernel takes no more than
// net.core.somaxconn, 4096 by default.
const backlog = 4096

func (l *fastListener) Addr() netip.AddrPort { return l.addr }

func (l *fastListener) where() Address { return Address{l.addr, l.path} }

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
// stop listening at once. In the Accept of a shared one nobody waits (see alone).
func (l *fastListener) Close() error {
	if l.closed.Swap(true) {
		return net.ErrClosed
	}
	if !l.shared { // the socket would listen no more for anybody
		l.conn.sys.Shutdown(l.fd, unix.SHUT_RDWR)
	}
	l.accepting.Lock()
	defer l.accepting.Unlock()
	l.asking.Lock()
	defer l.asking.Unlock()
	defer l.conn.release()
	if crowd := l.crowd.Load(); crowd != nil {
		defer crowd.wake()
	}
	l.file.Remove()
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
