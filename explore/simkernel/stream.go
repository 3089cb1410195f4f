//go:build linux

package simkernel

import "golang.org/x/sys/unix"

// stream is what a connected socket has. The names in comments are those of
// the kernel, net/ipv4/tcp.c and tcp_input.c.
type stream struct {
	peer     *socket
	sending  []byte // given by write(2), not arrived: the peer's buffer is full
	wrote    int    // bytes that write(2) has taken, all in all
	noMore   bool   // SEND_SHUTDOWN: the end follows what is sending
	finOut   bool   // our end has arrived
	received []byte
	took     int   // bytes that read(2) has taken, all in all: copied_seq
	mark     int   // place of the urgent byte in the stream received: urg_seq; -1 without
	deaf     bool  // RCV_SHUTDOWN
	finIn    bool  // the peer's end has arrived: SOCK_DONE
	err      error // sk_err
	dead     bool  // tcp_done after a reset
	full     bool  // see Full
	refuse   error // see Refuse
	refusals int   // how often that was given
}

// receive is tcp_recvmsg_locked. Without a buffer bytes cannot be copied.
func (s *socket) receive(most int, buffer bool) ([]byte, error) {
	if s.listening {
		return nil, unix.ENOTCONN
	}
	s.skipUrgent()
	if n := s.untilMark(most); n > 0 {
		if !buffer {
			return nil, unix.EFAULT
		}
		p := s.received[:n]
		s.received = s.received[n:]
		s.took += n
		if s.took > s.mark {
			s.mark = -1
		}
		s.peer.push()
		return p, nil
	}
	switch {
	case most == 0, s.finIn:
		return nil, nil
	case s.err != nil:
		return nil, s.takeError()
	case s.deaf:
		return nil, nil
	case s.state() == closed:
		return nil, unix.ENOTCONN
	}
	return nil, unix.EAGAIN
}

// untilMark is how much of what has arrived one call takes: a read stops
// before an urgent byte, and the next begins with it.
func (s *socket) untilMark(most int) int {
	n := min(most, len(s.received))
	if s.mark > s.took {
		n = min(n, s.mark-s.took)
	}
	return n
}

// skipUrgent leaves the urgent byte out where it is not part of the stream.
func (s *socket) skipUrgent() {
	if !s.inline && s.mark == s.took && len(s.received) > 0 {
		s.received = s.received[1:]
		s.took++
		s.mark = -1
	}
}

func (s *socket) takeError() error {
	err := s.err
	s.err = nil
	return err
}

// send is tcp_sendmsg_locked. With urgent the last byte is urgent.
func (s *socket) send(p []byte, urgent bool) (int, error) {
	if s.refuse != nil {
		s.refusals++
		return 0, s.refuse
	}
	if state := s.state(); s.err != nil || s.noMore || state != established && state != closeWait {
		if s.err != nil {
			return 0, s.takeError()
		}
		return 0, unix.EPIPE
	}
	n := min(len(p), or(s.k.SendBuffer, Buffer)-len(s.sending))
	if len(p) > 0 && (n <= 0 || s.full) {
		return 0, unix.EAGAIN
	}
	s.sending = append(s.sending, p[:n]...)
	s.wrote += n
	if urgent && n == len(p) {
		s.peer.skipUrgent() // tcp_check_urg: there is one at a time
		s.peer.mark = s.wrote - 1
	}
	s.push()
	return n, nil
}

// push lets arrive what there is room for, and the end after all of it.
func (s *socket) push() {
	to := s.peer
	n := min(len(s.sending), or(s.k.ReceiveBuffer, Buffer)-len(to.received))
	if n > 0 && to.deaf && to.state() == finWait { // tcp_rcv_state_process: nobody will read it
		to.reset()
		s.reset()
		return
	}
	if len(to.received) == 0 {
		to.received = s.sending[:n:n]
	} else {
		to.received = append(to.received, s.sending[:n]...)
	}
	s.sending = s.sending[n:]
	if len(s.sending) == 0 && s.noMore && !s.finOut && !s.dead {
		s.finOut = true
		to.finIn, to.deaf = true, true
	}
}

// reset is the arrival of a reset: tcp_reset. What has arrived stays.
func (s *socket) reset() {
	switch s.state() {
	case closed:
		return
	case closeWait:
		s.err = unix.EPIPE
	default:
		s.err = unix.ECONNRESET
	}
	s.die()
}

// die is tcp_done.
func (s *socket) die() { s.dead, s.noMore, s.deaf, s.sending = true, true, true, nil }

// shutdown is inet_shutdown of a socket that does not listen.
func (s *socket) shutdown(how int) error {
	var err error
	if s.state() == closed {
		err = unix.ENOTCONN
	}
	s.deaf = s.deaf || how != unix.SHUT_WR
	if how != unix.SHUT_RD {
		s.noMore = true
		if s.peer != nil {
			s.push()
		}
	}
	return err
}

// hangUp is tcp_close: what was not read makes it a reset.
func (s *socket) hangUp() {
	s.deaf = true
	state, unsent := s.state(), len(s.sending) > 0
	switch {
	case state == closed:
	case len(s.received) > 0, s.linger && (state != lastAck || unsent):
		s.die()
		s.peer.reset()
	default:
		s.noMore = true
		s.push()
	}
}

// events is tcp_poll.
func (s *socket) events() (events int16) {
	if s.knocks {
		return 0
	}
	if s.deaf && s.noMore || s.state() == closed {
		events |= unix.POLLHUP
	}
	if s.deaf {
		events |= unix.POLLIN | unix.POLLRDHUP
	}
	if s.readable() {
		events |= unix.POLLIN
	}
	if free := or(s.k.SendBuffer, Buffer) - len(s.sending); s.noMore || s.refuse != nil || free > 0 && free >= len(s.sending)/2 && !s.full {
		events |= unix.POLLOUT
	}
	if s.mark >= 0 {
		events |= unix.POLLPRI
	}
	if s.err != nil {
		events |= unix.POLLERR
	}
	return events
}

// readable is tcp_stream_is_readable: below the low-water mark only where no
// more could come.
func (s *socket) readable() bool {
	target := s.lowat
	if !s.inline && s.mark == s.took {
		target++
	}
	n := len(s.received)
	return n > 0 && (n >= target || n >= or(s.k.ReceiveBuffer, Buffer))
}

// Recv is recvfrom(2) with NULL for a buffer of size bytes.
func (p *Process) Recv(fd, size, flags int) (n int, err error) {
	err = p.onSocket("recvfrom", fd, func(s *socket) error {
		return p.wait(s, flags&unix.MSG_DONTWAIT != 0, func() error {
			taken, err := s.receive(p.most(size), flags&unix.MSG_TRUNC != 0)
			n = len(taken)
			return err
		})
	})
	return n, err
}

// Urge is send(2) with MSG_OOB: the last byte is urgent.
func (p *Process) Urge(fd int, b []byte) (n int, err error) {
	err = p.onSocket("sendto", fd, func(s *socket) (err error) { n, err = s.send(b, true); return err })
	return n, err
}
