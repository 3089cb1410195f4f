package transport

import (
	"iter"
	"net/netip"
	"os"
	"time"

	"golang.org/x/sys/unix"
)

// member is a place of a crowd, and the connection that is served there. As a
// connection it never waits.
type member struct {
	*slot
	crowd    *crowd
	number   int // of the place; what the system is asked to name it by
	door     *door
	fd       int
	remote   netip.AddrPort
	watched  uint32        // the events of which the system tells; 0: none yet
	ready    bool          // there is something to read, for all that is known
	ended    bool          // the peer has ended its side, and so much is there to read at least
	turns    int           // how many times more it may look at once where much comes
	deadline time.Duration // since epoch
	due      int           // its place among those that wait for their deadlines; -1: none

	// Of a table that has actions of its own, which are not written to be left and
	// entered again: they go on where they were.
	proceed func() (struct{}, bool)
	bug     error
}

// Where much comes more is on its way: that is worth another look, but the others have
// their turn after so many.
const (
	much        = 4 << 10
	turnsOfMuch = 16
)

func (m *member) Remote() netip.AddrPort { return m.remote }

func (m *member) Close() error {
	m.crowd.due.remove(m)
	return os.NewSyscallError("close", m.crowd.sys.Close(m.fd))
}

func (m *member) CloseWrite() error {
	return os.NewSyscallError("shutdown", m.crowd.sys.Shutdown(m.fd, unix.SHUT_WR))
}

func (m *member) Read(p []byte) (int, error) {
	return ended(m.look("read", func() (int, error) { return m.crowd.sys.Read(m.fd, p) }))
}

func (m *member) Discard() (int64, error) {
	n, err := ended(m.look("recvfrom", func() (int, error) { return drop(m.crowd.sys, m.fd, &m.door.discard) }))
	if n >= much && m.turns > 0 {
		m.turns--
		m.ready = true
	}
	return int64(n), err
}

func (m *member) Write(p []byte) (int, error) {
	return m.move("write", unix.EPOLLOUT, func() (int, error) { return m.crowd.sys.Write(m.fd, p) })
}

// SetDeadline is for the goroutine that serves alone.
func (m *member) SetDeadline(t time.Time) error {
	m.deadline = never
	if !t.IsZero() {
		m.deadline = t.Sub(epoch)
	}
	m.crowd.due.set(m)
	m.ready = m.ready || m.passed()
	return nil
}

// look calls try, which takes what has arrived, once each time that the system has told
// of something or the deadline has passed, or as often as it finds something where the
// peer has ended its side: what is left the system tells of again.
func (m *member) look(name string, try func() (int, error)) (int, error) {
	const events = unix.EPOLLIN | unix.EPOLLRDHUP
	if !m.ready {
		return 0, m.watch(events)
	}
	m.ready = m.ended
	return m.move(name, events, try)
}

// passed reports whether the deadline had passed before the present turn.
func (m *member) passed() bool { return m.deadline <= m.crowd.clock }

// move calls try, which is the named system call, until it does something or would
// wait; then the system is asked to tell of events.
func (m *member) move(name string, events uint32, try func() (int, error)) (int, error) {
	for {
		n, err := try()
		switch {
		case err == nil:
			return n, nil
		case err == unix.EINTR:
		case err != unix.EAGAIN:
			return 0, os.NewSyscallError(name, err)
		case m.passed():
			return 0, os.ErrDeadlineExceeded
		default:
			return 0, m.watch(events)
		}
	}
}

// watch makes the system tell of events, and of no others, from now on. The error is
// errRests, or why it cannot.
func (m *member) watch(events uint32) error {
	if m.watched == events {
		return errRests
	}
	op := unix.EPOLL_CTL_MOD
	if m.watched == 0 {
		op = unix.EPOLL_CTL_ADD
	}
	m.watched = events
	if err := m.crowd.watch(op, m.fd, events, m.number); err != nil {
		return err
	}
	return errRests
}

// enter begins the service of a connection.
func (m *member) enter(a arrival) {
	m.door, m.fd, m.remote, m.watched, m.ready, m.ended, m.due, m.proceed, m.bug = a.door, a.fd, a.remote, 0, false, false, -1, nil, nil
	now := m.begin(m)
	if len(now.table.Own) > 0 {
		m.proceed, _ = iter.Pull(func(yield func(struct{}) bool) {
			now.pause = func() { yield(struct{}{}) }
			m.bug = now.run(m.crowd.ctx)
		})
	}
}

// goOn lets the session go on, and reports whether it is over.
func (m *member) goOn() bool {
	m.turns = turnsOfMuch
	if m.proceed != nil {
		_, rests := m.proceed()
		return !rests
	}
	now := m.now.Load()
	m.bug = now.run(m.crowd.ctx)
	return !now.rests
}
