package transport

import (
	"container/heap"
	"context"
	"net/netip"
	"os"
	"time"

	"accio/internal/errno"

	"golang.org/x/sys/unix"
)

// crowd serves the connections of a fastListener, some at a time, in one goroutine: the
// system tells which of them have something (epoll(7)), and their sessions go on until
// they would wait.
type crowd struct {
	server  *Server
	ln      *fastListener
	sys     syscalls
	ctx     context.Context
	stop    context.CancelFunc
	failure error
	epoll   int
	members []*member // by number
	vacant  []*member
	late    []*member // whose deadline has passed
	due     due
	clock   time.Duration // since epoch; when it was last looked at
	turn    turn
	discard []byte

	knocked bool          // somebody may wait to be accepted
	deaf    bool          // the system does not tell of those, as there is no place for them
	retry   time.Duration // when to accept again after an error, since epoch
	backoff time.Duration
	closed  bool // nobody is accepted any more
	fds     []arrival
	events  [128]unix.EpollEvent
}

// arrival is a connection that was accepted.
type arrival struct {
	fd     int
	remote netip.AddrPort
}

// What the system names that is no member.
const (
	theListener = -1
	theWakeup   = -2
)

// acceptAtOnce is how many are accepted before those in service have their turn.
const acceptAtOnce = 64

// serveMany implements manyListener.
func (l *fastListener) serveMany(ctx context.Context, s *Server) error {
	c := &crowd{server: s, ln: l, sys: l.conn.sys, retry: never, backoff: minBackoff}
	c.ctx, c.stop = context.WithCancel(ctx)
	defer c.stop()
	l.conn.hold()
	defer l.conn.release()
	var err error
	if c.epoll, err = c.sys.EpollCreate(unix.EPOLL_CLOEXEC); err != nil {
		l.Close()
		return os.NewSyscallError("epoll_create1", err)
	}
	defer c.sys.Close(c.epoll)
	defer s.listens(c.ctx, l, l.conn.wake)()
	if err := c.watch(unix.EPOLL_CTL_ADD, l.conn.event, unix.EPOLLIN, theWakeup); err != nil {
		return err
	}
	if err := c.watchListener(unix.EPOLL_CTL_ADD, unix.EPOLLIN); err != nil {
		return err
	}
	return c.serve()
}

func (c *crowd) watch(op, fd int, events uint32, number int) error {
	event := unix.EpollEvent{Events: events, Fd: int32(number)}
	return os.NewSyscallError("epoll_ctl", c.sys.EpollCtl(c.epoll, op, fd, &event))
}

// watchListener watches it as long as it is open: its number may be another's then.
func (c *crowd) watchListener(op int, events uint32) error {
	c.ln.accepting.Lock()
	defer c.ln.accepting.Unlock()
	if c.ln.closed.Load() {
		return nil
	}
	return c.watch(op, c.ln.fd, events, theListener)
}

// serve goes round until nobody is served and nobody will be.
func (c *crowd) serve() error {
	stopped := false
	for {
		c.failed(c.accept())
		if !c.closed && !c.server.accepts(c.ctx) {
			c.closed = true
			c.ln.Close()
		}
		if c.ctx.Err() != nil && !stopped {
			stopped = true
			c.all()
		}
		if c.closed && c.serving() == 0 {
			return c.failure
		}
		c.failed(c.attend())
		c.failed(c.wait())
	}
}

// attend makes the system tell of those who come, as long as they can be accepted.
func (c *crowd) attend() error {
	deaf := c.knocked && (c.room() == 0 || c.retry != never)
	if c.closed || c.deaf == deaf {
		return nil
	}
	c.deaf = deaf
	if deaf {
		return c.watchListener(unix.EPOLL_CTL_MOD, 0)
	}
	return c.watchListener(unix.EPOLL_CTL_MOD, unix.EPOLLIN)
}

// failed ends the service if err is an error.
func (c *crowd) failed(err error) {
	if err != nil && c.failure == nil {
		c.failure = err
		c.stop()
	}
}

func (c *crowd) serving() int { return len(c.members) - len(c.vacant) }

// wait waits until something happens, and lets go on whom that concerns.
func (c *crowd) wait() error {
	c.turn.yield(c.clock)
	n, err := c.sys.EpollWait(c.epoll, c.events[:], c.patience())
	c.clock = time.Since(epoch)
	if err != nil && err != unix.EINTR {
		return os.NewSyscallError("epoll_wait", err)
	}
	for i := range c.events[:n] {
		switch number := int(c.events[i].Fd); number {
		case theListener:
			c.knocked = true
		case theWakeup:
			c.sys.Read(c.ln.conn.event, c.ln.conn.count[:])
		default:
			m := c.members[number]
			m.ready = c.events[i].Events&^unix.EPOLLOUT != 0
			m.ended = c.events[i].Events&unix.EPOLLRDHUP != 0
			c.goOn(m)
			c.turn.yield(time.Since(epoch))
		}
	}
	for len(c.due) > 0 && c.due[0].deadline <= c.clock {
		c.late = append(c.late, heap.Pop(&c.due).(*member))
	}
	for _, m := range c.late {
		m.ready = true
		if c.goOn(m); m.now.Load() != nil && m.due < 0 {
			c.due.set(m) // more had come, and it has not asked for time yet
		}
	}
	c.late = c.late[:0]
	return nil
}

// patience is how long to wait, in milliseconds, for epoll_wait(2): -1 is for ever.
func (c *crowd) patience() int {
	if c.knocked && c.room() > 0 && c.retry == never {
		return 0
	}
	next := c.retry
	if len(c.due) > 0 {
		next = min(next, c.due[0].deadline)
	}
	if next == never {
		return -1
	}
	wait := min(next-time.Since(epoch), longestWait)
	return int(max((wait+time.Millisecond-1)/time.Millisecond, 0))
}

// goOn lets a member go on, if one is there, and ends its service if it is over.
func (c *crowd) goOn(m *member) {
	if m.now.Load() == nil {
		return
	}
	if !m.goOn() {
		return
	}
	c.failed(m.end(m.bug))
	c.vacant = append(c.vacant, m)
}

// all lets all members see that the context is done.
func (c *crowd) all() {
	for _, m := range c.members {
		c.goOn(m)
	}
}

// room returns how many more can be accepted now.
func (c *crowd) room() int {
	if c.server.stopped(c.ctx) {
		return 0
	}
	room := c.server.Concurrency - c.serving()
	if most := c.server.Most; most > 0 {
		room = int(min(uint64(room), most-c.server.accepted))
	}
	return room
}

// accept accepts those for whom there is a place, and begins to serve them.
func (c *crowd) accept() error {
	if c.retry <= c.clock {
		c.retry = never
	}
	if !c.knocked || c.retry != never {
		return nil
	}
	err := c.take()
	for _, a := range c.fds {
		m := c.slot()
		m.enter(a.fd, a.remote)
		c.goOn(m)
	}
	c.fds = c.fds[:0]
	switch {
	case err == nil:
		c.backoff = minBackoff
	case errno.IsPassing(err):
		c.server.waits(err, c.backoff)
		c.retry = time.Since(epoch) + c.backoff
		c.backoff = min(2*c.backoff, maxBackoff)
	default:
		return acceptError("accept4", err)
	}
	return nil
}

// take takes from the queue those for whom there is a place, or some of them.
func (c *crowd) take() error {
	c.ln.accepting.Lock()
	defer c.ln.accepting.Unlock()
	for room := min(c.room(), acceptAtOnce); len(c.fds) < room && !c.ln.closed.Load(); {
		fd, remote, err := c.sys.Accept4(c.ln.fd, unix.SOCK_NONBLOCK|unix.SOCK_CLOEXEC)
		switch {
		case err == nil:
			c.fds = append(c.fds, arrival{fd, remote})
		case err == unix.EAGAIN:
			c.knocked = false
			return nil
		case err != unix.EINTR && !c.ln.closed.Load():
			return err
		}
	}
	return nil
}

// slot returns a place where nobody is.
func (c *crowd) slot() *member {
	if last := len(c.vacant) - 1; last >= 0 {
		m := c.vacant[last]
		c.vacant = c.vacant[:last]
		return m
	}
	m := &member{slot: c.server.newSlot(), crowd: c, number: len(c.members)}
	c.members = append(c.members, m)
	return m
}
