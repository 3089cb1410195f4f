//go:build linux

package simkernel

import (
	"net/netip"

	"golang.org/x/sys/unix"
)

// socket is a TCP socket on IPv4.
type socket struct {
	k        *Kernel
	local    netip.AddrPort
	remote   netip.AddrPort
	nonblock bool
	inline   bool // SO_OOBINLINE
	knocks   bool // in a queue that is full: SYN_SENT
	linger   bool // SO_LINGER with 0 seconds: a close is a reset
	lowat    int  // SO_RCVLOWAT
	listener
	stream
}

// Socket is socket(2). Only TCP is there.
func (p *Process) Socket(domain, kind, protocol int) (fd int, err error) {
	err = p.call("socket", func() (err error) {
		switch flags := unix.SOCK_NONBLOCK | unix.SOCK_CLOEXEC; {
		case domain != unix.AF_INET:
			return unix.EAFNOSUPPORT
		case kind&^flags != unix.SOCK_STREAM || protocol != 0 && protocol != unix.IPPROTO_TCP:
			return unix.EPROTONOSUPPORT
		}
		fd, err = p.descriptor(&socket{k: p.k, nonblock: kind&unix.SOCK_NONBLOCK != 0, lowat: 1, stream: stream{mark: -1}})
		return err
	})
	return fd, err
}

// Setsockopt is setsockopt(2) of an int.
func (p *Process) Setsockopt(fd, level, name, value int) error {
	return p.onSocket("setsockopt", fd, func(s *socket) error {
		switch [2]int{level, name} {
		case [2]int{unix.SOL_SOCKET, unix.SO_OOBINLINE}:
			s.inline = value != 0
		case [2]int{unix.SOL_SOCKET, unix.SO_RCVLOWAT}:
			s.lowat = max(value, 1)
		case [2]int{unix.SOL_SOCKET, unix.SO_REUSEADDR}, [2]int{unix.IPPROTO_TCP, unix.TCP_NODELAY}: // nothing waits here
		default:
			return unix.ENOPROTOOPT
		}
		return nil
	})
}

// Linger makes the socket's close a reset: SO_LINGER with 0 seconds.
func (p *Process) Linger(fd int) error {
	return p.onSocket("setsockopt", fd, func(s *socket) error { s.linger = true; return nil })
}

// Bind is bind(2).
func (p *Process) Bind(fd int, to netip.AddrPort) error {
	return p.onSocket("bind", fd, func(s *socket) error {
		port := to.Port()
		switch {
		case s.local.IsValid():
			return unix.EINVAL
		case port == 0:
			port = p.k.ephemeral()
		case p.k.bound[port] != nil:
			return unix.EADDRINUSE
		}
		s.local = netip.AddrPortFrom(to.Addr(), port)
		p.k.bound[port] = s
		return nil
	})
}

// BindPath is bind(2) to a Unix socket, of which there are none here.
func (p *Process) BindPath(fd int, _ string) error {
	return p.onSocket("bind", fd, func(*socket) error { return unix.EAFNOSUPPORT })
}

// Getsockname is getsockname(2).
func (p *Process) Getsockname(fd int) (at netip.AddrPort, err error) {
	err = p.onSocket("getsockname", fd, func(s *socket) error { at = s.local; return nil })
	return at, err
}

// TCPInfo is getsockopt(2) with TCP_INFO: the state, and of a listening
// socket the length of the queue (Unacked) and how long it may be (Sacked).
func (p *Process) TCPInfo(fd int) (info *unix.TCPInfo, err error) {
	err = p.onSocket("getsockopt", fd, func(s *socket) error {
		info = &unix.TCPInfo{State: s.state()}
		if s.listening {
			info.Unacked, info.Sacked = uint32(len(s.queue)), uint32(s.backlog)
		}
		return nil
	})
	return info, err
}

// Unread is ioctl(2) with SIOCINQ: how many bytes wait to be read, up to an
// urgent one that is no part of the stream.
func (p *Process) Unread(fd int) (n int, err error) {
	err = p.onSocket("ioctl", fd, func(s *socket) error {
		if s.listening {
			return unix.EINVAL
		}
		if n = len(s.received); !s.inline && s.mark >= s.took && s.mark < s.took+n {
			n = s.mark - s.took
		}
		return nil
	})
	return n, err
}

// Shutdown is shutdown(2).
func (p *Process) Shutdown(fd, how int) error {
	return p.onSocket("shutdown", fd, func(s *socket) error {
		switch {
		case how < unix.SHUT_RD || how > unix.SHUT_RDWR:
			return unix.EINVAL
		case s.listening:
			if how != unix.SHUT_WR {
				s.stopListening()
			}
			return nil
		}
		return s.shutdown(how)
	})
}

func (s *socket) ready() int16 {
	if s.listening {
		return s.acceptable()
	}
	return s.events()
}

func (s *socket) blocking() bool { return !s.nonblock }

func (s *socket) close() {
	if s.listening {
		s.stopListening()
	}
	if s.k.bound[s.local.Port()] == s {
		delete(s.k.bound, s.local.Port())
	}
	s.hangUp()
}

// The states of include/net/tcp_states.h that can be told apart here.
const (
	established = 1
	synSent     = 2
	finWait     = 5 // TCP_FIN_WAIT2
	closed      = 7
	closeWait   = 8
	lastAck     = 9
	listening   = 10
)

func (s *socket) state() uint8 {
	switch {
	case s.listening:
		return listening
	case s.knocks:
		return synSent
	case s.peer == nil || s.dead || s.finIn && s.finOut:
		return closed
	case s.finIn && s.noMore:
		return lastAck
	case s.finIn:
		return closeWait
	case s.noMore:
		return finWait
	}
	return established
}
