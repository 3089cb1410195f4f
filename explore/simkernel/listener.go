//go:build linux

package simkernel

import (
	"net/netip"

	"golang.org/x/sys/unix"
)

// listener is what a listening socket has.
type listener struct {
	listening bool
	backlog   int
	queue     []*socket // established and not accepted
	knocking  []*socket // the clients of those that there is no room for
	news      int       // how often poll(2) has had to look again
}

// Listen is listen(2).
func (p *Process) Listen(fd, backlog int) error {
	return p.onSocket("listen", fd, func(s *socket) error {
		if s.peer != nil {
			return unix.EINVAL
		}
		if !s.local.IsValid() {
			s.local = netip.AddrPortFrom(netip.IPv4Unspecified(), p.k.ephemeral())
			p.k.bound[s.local.Port()] = s
		}
		s.listening, s.backlog = true, backlog
		return nil
	})
}

// Connect is connect(2) to a socket of the same machine. EINPROGRESS is not
// only said but true: it means that the queue is full.
func (p *Process) Connect(fd int, to netip.AddrPort) error {
	return p.onSocket("connect", fd, func(s *socket) error {
		l := p.k.bound[to.Port()]
		switch {
		case s.peer != nil:
			return unix.EISCONN
		case s.knocks:
			return unix.EALREADY
		case l == nil || !l.listening:
			s.die()
			return unix.ECONNREFUSED
		}
		if !s.local.IsValid() {
			s.local = netip.AddrPortFrom(loopback, p.k.ephemeral())
			p.k.bound[s.local.Port()] = s
		}
		s.remote = to
		l.knocking = append(l.knocking, s)
		s.knocks = true
		if l.admit(); s.knocks {
			return unix.EINPROGRESS
		}
		return nil
	})
}

// admit lets clients in for whom there is room. Linux has room for one more
// than the backlog says.
func (l *socket) admit() {
	for len(l.knocking) > 0 && len(l.queue) <= l.backlog {
		client := l.knocking[0]
		l.knocking = l.knocking[1:]
		s := &socket{k: l.k, local: client.remote, remote: client.local, inline: l.inline, lowat: l.lowat, stream: stream{mark: -1, peer: client}}
		client.peer, client.knocks = s, false
		l.queue = append(l.queue, s)
		l.news++
	}
}

// Accept4 is accept4(2).
func (p *Process) Accept4(fd, flags int) (conn int, remote netip.AddrPort, err error) {
	err = p.onSocket("accept4", fd, func(l *socket) error {
		if p.full() {
			return unix.EMFILE // before anything else
		}
		return p.wait(l, false, func() (err error) {
			switch {
			case !l.listening:
				return unix.EINVAL
			case len(l.queue) == 0:
				return unix.EAGAIN
			}
			s := l.queue[0]
			l.queue = l.queue[1:]
			l.admit()
			s.nonblock = flags&unix.SOCK_NONBLOCK != 0
			conn, err = p.descriptor(s)
			remote = s.remote
			return err
		})
	})
	return conn, remote, err
}

func (l *socket) acceptable() int16 {
	if len(l.queue) > 0 {
		return unix.POLLIN
	}
	return 0
}

// stopListening resets those who have not been accepted.
func (l *socket) stopListening() {
	for _, s := range l.queue {
		s.linger = true
		s.hangUp()
	}
	for _, client := range l.knocking {
		client.err, client.knocks = unix.ECONNREFUSED, false
		client.die()
	}
	l.listening, l.queue, l.knocking = false, nil, nil
	l.news++
}
