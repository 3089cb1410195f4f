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
	fd       int
	remote   netip.AddrPort
	watched  uint32        // the events of which the system tells
	deadline time.Duration // since epoch
	due      int           // its place among those that wait for their deadlines; -1: none
	left     int           // how much more it may do before the others have their turn
	again    bool          // it has more to do than it might,
	queued   bool          // and is in the list of those

	// Of a table that has actions of its own, which are not written to be left and
	// entered again: they go on where they were.
	proceed func() (struct{}, bool)
	bug     error
}

// turnOfMember is how many times one member may discard before others have their turn.
const turnOfMember = 16

func (m *member) Remote() netip.AddrPort { return m.remote }

func (m *member) Close() error {
	m.crowd.due.remove(m)
	return os.NewSyscallError("close", m.crowd.sys.Close(m.fd))
}

func (m *member) CloseWrite() error {
	return os.NewSyscallError("shutdown", m.crowd.sys.Shutdown(m.fd, unix.SHUT_WR))
}

func (m *member) Read(p []byte) (int, error) {
	return ended(m.move("read", unix.EPOLLIN, func() (int, error) { return m.crowd.sys.Read(m.fd, p) }))
}

func (m *member) Write(p []byte) (int, error) {
	return m.move("write", unix.EPOLLOUT, func() (int, error) { return m.crowd.sys.Write(m.fd, p) })
}

func (m *member) Discard() (int64, error) {
	if m.left == 0 {
		m.again = true
		return 0, errRests
	}
	m.left--
	n, err := ended(m.move("recvfrom", unix.EPOLLIN, func() (int, error) { return drop(m.crowd.sys, m.fd, &m.crowd.discard) }))
	return int64(n), err
}

// SetDeadline is for the goroutine that serves alone.
func (m *member) SetDeadline(t time.Time) error {
	m.deadline = never
	if !t.IsZero() {
		m.deadline = t.Sub(epoch)
	}
	m.crowd.due.set(m)
	return nil
}

// move calls try, which is the named system call, until it does something or would
// wait; then the system is asked to tell of event.
func (m *member) move(name string, event uint32, try func() (int, error)) (int, error) {
	passed := m.deadline <= m.crowd.clock
	for {
		n, err := try()
		switch {
		case err == nil:
			return n, nil
		case err == unix.EINTR:
		case err != unix.EAGAIN:
			return 0, os.NewSyscallError(name, err)
		case passed:
			return 0, os.ErrDeadlineExceeded
		default:
			return 0, m.watch(event)
		}
	}
}

// watch makes the system tell when event comes, from now on. The error is errRests, or
// why it cannot.
func (m *member) watch(event uint32) error {
	if m.watched&event != 0 {
		return errRests
	}
	op := unix.EPOLL_CTL_MOD
	if m.watched == 0 {
		op = unix.EPOLL_CTL_ADD
	}
	m.watched |= event
	if err := m.crowd.watch(op, m.fd, m.watched|unix.EPOLLET, m.number); err != nil {
		return err
	}
	return errRests
}

// enter begins the service of a connection.
func (m *member) enter(fd int, remote netip.AddrPort) {
	m.fd, m.remote, m.watched, m.due, m.proceed, m.bug = fd, remote, 0, -1, nil, nil
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
	m.left, m.again = turnOfMember, false
	if m.proceed != nil {
		_, rests := m.proceed()
		return !rests
	}
	now := m.now.Load()
	m.bug = now.run(m.crowd.ctx)
	return !now.rests
}
