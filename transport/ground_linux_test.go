package transport

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"strings"
	"sync"
	"sync/atomic"

	"accio/explore"
	"accio/explore/simkernel"
	"accio/fsm"

	"golang.org/x/sys/unix"
)

func init() {
	grounds["fast"] = onSimulated
	grounds["crowd"] = onCrowd
	coders["fast"] = codedFast
	coders["crowd"] = codedCrowd
	campaigns["fast"] = campaign{"fast", playable, deep(3, 4), deep(3375, 15739), deep(10633, 60175), deep(4561, 29467), deep(24, 24)}
}

// simulated is the fast path, its listener included, on a simulated kernel. A
// client is in the queue. Each system call of the goroutine that serves is a
// yield point, before and after.
type simulated struct {
	*calls
	told
	*simkernel.Guest
	k      *simkernel.Kernel
	table  *fsm.Table
	places int // 0: served by a fastConn
	ln     *fastListener
	s      atomic.Pointer[session]
	server atomic.Pointer[Server]
	most   Limits

	before  map[string]int // see did
	results atomic.Int64   // of the idle server
	log     locked
}

// locked is a log that may be read while it is written.
type locked struct {
	mu   sync.Mutex
	text strings.Builder
}

func (l *locked) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(p)
}

func (l *locked) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}

// calls are a server's system calls.
type calls struct {
	*simkernel.Process
	yield   func()
	made    int
	accepts int
	event   int         // eventfd
	size    int         // of the last recvfrom
	endless bool        // the last ppoll had no timeout
	shut    atomic.Bool // the listener
	woken   atomic.Bool
}

// maxCalls bounds what a session does: a thread that should wait can spin.
const maxCalls = 300

// point is a yield point.
func (c *calls) point() {
	if c.made++; c.made > 2*maxCalls {
		panic(explore.Endless{})
	}
	if c.yield != nil {
		c.yield()
	}
}

func (c *calls) Eventfd(count uint, flags int) (fd int, err error) {
	c.event, err = c.Process.Eventfd(count, flags)
	return c.event, err
}

func (c *calls) Setsockopt(fd, level, name, value int) error {
	c.point()
	defer c.point()
	return c.Process.Setsockopt(fd, level, name, value)
}

func (c *calls) Accept4(fd, flags int) (int, netip.AddrPort, error) {
	c.point()
	defer c.point()
	conn, remote, err := c.Process.Accept4(fd, flags)
	if err == nil {
		c.accepts++
	}
	return conn, remote, err
}

func (c *calls) EpollWait(set int, events []unix.EpollEvent, timeout int) (int, error) {
	c.point()
	defer c.point()
	c.endless = timeout < 0
	return c.Process.EpollWait(set, events, timeout)
}

func (c *calls) Ppoll(fds []unix.PollFd, timeout *unix.Timespec) (int, error) {
	c.point()
	defer c.point()
	c.endless = timeout == nil
	return c.Process.Ppoll(fds, timeout)
}

func (c *calls) Read(fd int, p []byte) (n int, err error) {
	c.point()
	defer c.point()
	return c.Process.Read(fd, p)
}

func (c *calls) Recv(fd, size, flags int) (n int, err error) {
	c.point()
	defer c.point()
	c.size = size
	return c.Process.Recv(fd, size, flags)
}

func (c *calls) Write(fd int, p []byte) (n int, err error) {
	if fd == c.event { // by the shutdown
		defer c.woken.Store(true)
		return c.Process.Write(fd, p)
	}
	c.point()
	defer c.point()
	return c.Process.Write(fd, p)
}

func (c *calls) Shutdown(fd, how int) error {
	defer c.shut.Store(true)
	return c.Process.Shutdown(fd, how)
}

func onSimulated(table *fsm.Table) explore.Subject {
	return func() explore.Ground {
		g := newSimulated()
		g.table = table
		return g
	}
}

func onCrowd(table *fsm.Table) explore.Subject {
	return func() explore.Ground {
		g := newSimulated()
		g.table, g.places = table, 2
		return g
	}
}

func newSimulated() *simulated {
	k := simkernel.New()
	g := &simulated{k: k, calls: &calls{Process: k.Process()}, before: map[string]int{}}
	ln, err := listenBy(g.calls, 0)
	if err != nil {
		panic(err)
	}
	g.ln = ln.(*fastListener)
	g.connect()
	return g
}

// connect makes a client come.
func (g *simulated) connect() {
	var err error
	if g.Guest, err = g.k.Guest(g.ln.Addr()); err != nil {
		panic(err)
	}
}

// Serve serves one connection, or none if the shutdown comes before it.
func (g *simulated) Serve(ctx context.Context, x *explore.Session) {
	g.yield = x.Yield
	observe, errServed := g.observe(x), errors.New("one is enough")
	s := &Server{Table: g.table, IdleTimeout: idleLimit, Concurrency: g.places, Limits: g.most}
	g.server.Store(s)
	s.Observe = func(tr Transition) { observe(tr.From, tr.Event, tr.To) }
	s.Result = func(r Result) error { g.result = r; return errServed }
	s.Accepted = func(Result) { g.s.Store(&only(s).session) }
	if err := s.Serve(ctx, g.ln); err != nil && !errors.Is(err, errServed) {
		panic(err)
	}
}

func (g *simulated) session() *session { return g.s.Load() }
func (g *simulated) allow(l Limits)    { g.most = l }

func (g *simulated) Abort() {
	if s := g.server.Load(); s != nil {
		s.Abort(1)
	}
}

func (g *simulated) Limit(n int) { g.Process.Limit = n }

func (g *simulated) Says() explore.Said {
	if s := g.session(); s != nil {
		return s.says(g.Holds())
	}
	return explore.Said{}
}

func (g *simulated) Interrupted() bool {
	if g.session() == nil {
		return g.shut.Load()
	}
	w := &g.ln.conn.wakeup
	if g.places > 1 {
		return g.shut.Load() && g.woken.Load()
	}
	return w.deadline.Load() == int64(elapsed.Sub(epoch)) && (!w.waiting.Load() || g.woken.Load())
}

func (g *simulated) Close() error {
	g.Leave()
	if open, misuses := g.Open(), g.Misuses(); len(open)+len(misuses) > 0 {
		return fmt.Errorf("the descriptors %v are left open; not open was that of %v", open, misuses)
	}
	return nil
}

// codedFast plays the stimuli on a server of the fast path.
func codedFast(run []stimulus) rest { return codedSimulated(run, 1) }

// codedCrowd plays them on one that could serve another connection as well.
func codedCrowd(run []stimulus) rest { return codedSimulated(run, 2) }

func codedSimulated(run []stimulus, places int) rest {
	g := newSimulated()
	accepting := func(f func()) {
		g.made = 0
		g.yield = func() {
			if g.accepts == 1 {
				g.yield = nil
				f()
			}
		}
	}
	r := playedOn(g, g.ln, places, accepting, run)
	if err := g.Close(); err != nil {
		r.events += err.Error()
	}
	return r
}
