package transport

import (
	"container/heap"
	"context"
	"math"
	"net"
	"net/netip"
	"os"
	"slices"
	"time"

	"accio/internal/errno"

	"golang.org/x/sys/unix"
)

// crowd serves the connections of fastListeners, some at a time, in one goroutine: the
// system tells which of them have something (epoll(7)), and their sessions go on until
// they would wait.
type crowd struct {
	server  *Server
	ln      Listener
	doors   []*door
	next    int // of them, to be asked first
	sys     syscalls
	wakeup  *wakeup // of which the deadline is not used
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
	beat    time.Duration // when the server is to be told that it goes round, since epoch

	retry   time.Duration // when to accept again after an error, since epoch
	backoff time.Duration
	closed  bool // nobody is accepted any more
	came    []arrival
	events  [128]unix.EpollEvent
}

// door is a listener of a crowd.
type door struct {
	*fastListener
	number  int
	knocked bool   // somebody may wait to be accepted
	discard []byte // see drop
}

// arrival is a connection that was accepted.
type arrival struct {
	door   *door
	fd     int
	remote netip.AddrPort
}

// theWakeup is what the system names that is neither a member, nor a door: those are -1,
// -2, and so on.
const theWakeup = math.MinInt32

// acceptAtOnce is how many are accepted before those in service have their turn.
const acceptAtOnce = 64

// serveCrowd serves all of them, which are ln.
func serveCrowd(ctx context.Context, s *Server, ln Listener, all []*fastListener) error {
	wakeup := &all[0].conn.wakeup
	c := &crowd{server: s, ln: ln, sys: wakeup.sys, wakeup: wakeup, retry: never, backoff: minBackoff, beat: never}
	c.ctx, c.stop = context.WithCancel(ctx)
	defer c.stop()
	if !wakeup.hold() {
		return acceptError("accept4", net.ErrClosed)
	}
	defer wakeup.release()
	var err error
	if c.epoll, err = c.sys.EpollCreate(unix.EPOLL_CLOEXEC); err != nil {
		ln.Close()
		return os.NewSyscallError("epoll_create1", err)
	}
	defer c.sys.Close(c.epoll)
	defer s.listens(c.ctx, ln, wakeup.wake)()
	if err := c.watch(unix.EPOLL_CTL_ADD, wakeup.event, unix.EPOLLIN, theWakeup); err != nil {
		return err
	}
	for i, ln := range all {
		d := &door{fastListener: ln, number: -1 - i}
		ln.crowd.Store(wakeup)
		c.doors = append(c.doors, d)
		if err := c.watchDoor(d); err != nil {
			return err
		}
	}
	if s.Beat != nil {
		c.beat = 0
	}
	return c.serve()
}

func (c *crowd) watch(op, fd int, events uint32, number int) error {
	event := unix.EpollEvent{Events: events, Fd: int32(number)}
	return os.NewSyscallError("epoll_ctl", c.sys.EpollCtl(c.epoll, op, fd, &event))
}

// watchDoor watches a listener as long as it is open: its number may be another's then.
func (c *crowd) watchDoor(d *door) error {
	d.accepting.Lock()
	defer d.accepting.Unlock()
	if d.fastListener.closed.Load() {
		return nil
	}
	return c.watch(unix.EPOLL_CTL_ADD, d.fd, unix.EPOLLIN|unix.EPOLLET, d.number)
}

// serve goes round until nobody is served and nobody will be.
func (c *crowd) serve() error {
	for {
		c.failed(c.accept())
		c.leave()
		if !c.closed && slices.ContainsFunc(c.doors, func(d *door) bool { return d.fastListener.closed.Load() }) && c.server.accepts(c.ctx, 0) {
			c.failed(acceptError("accept4", net.ErrClosed)) // by somebody else
		}
		if c.ctx.Err() != nil || c.server.aborts.Swap(false) {
			c.all()
		}
		if c.closed && c.serving() == 0 {
			return c.failure
		}
		c.failed(c.wait())
	}
}

// leave ends the listening where those who have come are the last.
func (c *crowd) leave() {
	if !c.closed && !c.server.accepts(c.ctx, uint64(len(c.came))) {
		c.closed = true
		c.server.close(c.ln)
	}
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
	if c.beat <= c.clock {
		c.server.Beat()
		c.beat = c.clock + c.server.BeatEvery
	}
	c.turn.yield(c.clock)
	n, err := c.sys.EpollWait(c.epoll, c.events[:], c.patience())
	c.clock = time.Since(epoch)
	if err != nil && err != unix.EINTR {
		return os.NewSyscallError("epoll_wait", err)
	}
	for i := range c.events[:n] {
		switch number := int(c.events[i].Fd); {
		case number == theWakeup:
			c.sys.Read(c.wakeup.event, c.wakeup.count[:])
		case number < 0:
			c.doors[-1-number].knocked = true
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
	next := min(c.retry, c.beat)
	if c.knocked() && c.retry == never && c.vacancies() > 0 {
		next = min(next, time.Since(epoch)+c.server.pace.next())
	}
	if len(c.due) > 0 {
		next = min(next, c.due[0].deadline)
	}
	if next == never {
		return -1
	}
	wait := min(next-time.Since(epoch), longestWait)
	return int(max((wait+time.Millisecond-1)/time.Millisecond, 0))
}

// knocked reports whether somebody may wait to be accepted.
func (c *crowd) knocked() bool {
	return slices.ContainsFunc(c.doors, func(d *door) bool { return d.knocked })
}

// goOn lets a member go on, if one is there, and ends its service if it is over.
func (c *crowd) goOn(m *member) {
	if m.now.Load() == nil {
		return
	}
	if !m.goOn() {
		return
	}
	began := time.Now()
	c.failed(m.end(m.bug))
	c.vacant = append(c.vacant, m)
	if stood := time.Since(began); stood >= excused {
		c.excuse(stood)
	}
	if c.retry != never { // what was missing may be there now
		c.retry = min(c.retry, c.clock+minBackoff)
	}
}

// excuse says to all in service that nobody was served for so long.
func (c *crowd) excuse(stood time.Duration) {
	for _, m := range c.members {
		if now := m.now.Load(); now != nil {
			now.limit.excuse(stood)
		}
	}
}

// all lets all members see that the context is done, or that one of them is aborted.
func (c *crowd) all() {
	for _, m := range c.members {
		c.goOn(m)
	}
}

// room returns how many more may be accepted now.
func (c *crowd) room() int { return c.server.pace.room(c.vacancies()) }

// vacancies are the places for those who are still to come.
func (c *crowd) vacancies() int {
	if c.server.stopped(c.ctx) {
		return 0
	}
	room := max(c.server.Concurrency, 1) - c.serving()
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
	if c.retry != never {
		return nil
	}
	err := c.take()
	c.leave() // before any of them can tell that he has come
	for _, a := range c.came {
		m := c.slot()
		m.enter(a)
		c.goOn(m)
	}
	if len(c.came) > 0 {
		c.backoff = minBackoff
		c.came = c.came[:0]
	}
	switch {
	case err == nil:
	case errno.IsPassing(err):
		c.server.waits(err, c.backoff)
		c.retry = time.Since(epoch) + c.backoff
		c.backoff = min(2*c.backoff, maxBackoff)
	default:
		return acceptError("accept4", err)
	}
	return nil
}

// take takes from the queues those for whom there is a place, or some of them: one from
// each in turn.
func (c *crowd) take() error {
	room := min(c.room(), acceptAtOnce)
	for len(c.came) < room && c.knocked() {
		d := c.doors[c.next]
		c.next = (c.next + 1) % len(c.doors)
		if !d.knocked {
			continue
		}
		if err := c.one(d); err != nil {
			return err
		}
	}
	return nil
}

// one takes one from the queue of a door, if there is one.
func (c *crowd) one(d *door) error {
	d.accepting.Lock()
	defer d.accepting.Unlock()
	if d.fastListener.closed.Load() {
		d.knocked = false
		return nil
	}
	fd, remote, err := c.sys.Accept4(d.fd, unix.SOCK_NONBLOCK|unix.SOCK_CLOEXEC)
	switch {
	case err == nil:
		c.server.pace.took()
		c.came = append(c.came, arrival{d, fd, remote})
	case err == unix.EAGAIN:
		d.knocked = false
	case err != unix.EINTR:
		return err
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
