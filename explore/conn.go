package explore

import (
	"io"
	"net"
	"os"
	"sync"
	"syscall"
	"time"
)

// Conn is a connection whose client is a test: what the server calls is on one side,
// what the client does ([Client]) on the other. It waits on virtual time inside a
// bubble. [NewConn] makes one.
//
// Its server's side is that of package transport's Conn: Read, Discard and Write move
// at least one byte, or none and return an error, which is told once, as TCP does.
type Conn struct {
	yield   func() // at each yield point; may be nil
	report  func() Said
	mu      sync.Mutex
	changed *sync.Cond

	arrived []byte
	taken   []byte // the beginning of what was read
	ended   bool   // the client has ended its side
	broken  error  // returned once, after what had arrived
	told    bool   // broken was returned
	deaf    error  // what every write fails with
	refused int    // writes that failed
	room    int    // how many bytes more the client takes; negative: any number
	limit   int    // most bytes one call moves; 0: any number

	written     []byte
	half        bool // our side is ended
	closed      bool
	interrupted bool // a deadline in the past was set
	read, write deadline
}

// deadline is one of a connection.
type deadline struct {
	at    time.Time
	timer *time.Timer
}

// keptTaken bounds what a connection remembers of what was read.
const keptTaken = 1 << 12

// NewConn returns a connection whose client takes everything and has sent nothing.
func NewConn() *Conn {
	c := &Conn{room: -1}
	c.changed = sync.NewCond(&c.mu)
	return c
}

func (c *Conn) change(f func()) {
	c.mu.Lock()
	defer c.mu.Unlock()
	f()
	c.changed.Broadcast()
}

// Yield sets what is called before and after each call of the server.
func (c *Conn) Yield(f func()) { c.yield = f }

// Report sets what the server tells of itself (see [Said]). It is called while the
// connection stands still.
func (c *Conn) Report(f func() Said) { c.report = f }

func (c *Conn) point() {
	if c.yield != nil {
		c.yield()
	}
}

// wait calls try until it has something to return, or the deadline has passed
// and it has been called once more.
func (c *Conn) wait(d *deadline, try func() (int, error, bool)) (int, error) {
	c.point()
	defer c.point()
	c.mu.Lock()
	defer c.mu.Unlock()
	for {
		if c.closed {
			return 0, net.ErrClosed
		}
		passed := !d.at.IsZero() && !time.Now().Before(d.at)
		if n, err, ok := try(); ok {
			return n, err
		}
		if passed {
			return 0, os.ErrDeadlineExceeded
		}
		c.changed.Wait()
	}
}

func (c *Conn) most(n int) int {
	if c.limit > 0 {
		return min(n, c.limit)
	}
	return n
}

func (c *Conn) take(most int) ([]byte, error, bool) {
	switch {
	case c.told:
		return nil, io.EOF, true // as TCP does: the error is told once
	case len(c.arrived) > 0:
		n := c.most(min(most, len(c.arrived)))
		p := c.arrived[:n]
		c.arrived, c.taken = c.arrived[n:], append(c.taken, p[:min(n, keptTaken-len(c.taken))]...)
		return p, nil, true
	case c.ended:
		return nil, io.EOF, true
	case c.broken != nil:
		c.told = true
		return nil, c.broken, true
	}
	return nil, nil, false
}

// Read takes bytes that have arrived.
func (c *Conn) Read(p []byte) (int, error) {
	return c.wait(&c.read, func() (int, error, bool) {
		taken, err, ok := c.take(len(p))
		return copy(p, taken), err, ok
	})
}

// Discard takes bytes that have arrived, and returns how many they were.
func (c *Conn) Discard() (int64, error) {
	n, err := c.wait(&c.read, func() (int, error, bool) {
		taken, err, ok := c.take(1 << 30)
		return len(taken), err, ok
	})
	return int64(n), err
}

// Write gives as many bytes of p as the client takes.
func (c *Conn) Write(p []byte) (int, error) {
	return c.wait(&c.write, func() (int, error, bool) {
		switch {
		case c.deaf != nil:
			c.refused++
			return 0, c.deaf, true
		case c.broken != nil:
			c.told = true
			return 0, c.broken, true
		case c.half:
			return 0, syscall.EPIPE, true
		}
		n := c.most(len(p))
		if c.room >= 0 {
			n = min(n, c.room)
			c.room -= n
		}
		c.written = append(c.written, p[:n]...)
		return n, nil, n > 0 || len(p) == 0
	})
}

// CloseWrite ends the server's side.
func (c *Conn) CloseWrite() (err error) {
	c.point()
	defer c.point()
	c.change(func() {
		if err = c.broken; err == nil {
			c.half = true
		}
	})
	return err
}

// Close ends both sides, and every call that waits, with net.ErrClosed.
func (c *Conn) Close() error {
	c.change(func() {
		c.closed = true
		c.read.set(time.Time{}, nil)
		c.write.set(time.Time{}, nil)
	})
	return nil
}

// SetDeadline bounds the waiting of the calls in progress and of those that follow;
// the zero time is no bound. One that is in the past is taken for an interruption,
// which can come from any goroutine: it is no yield point.
func (c *Conn) SetDeadline(t time.Time) error { return c.bound(t, &c.read, &c.write) }

// SetReadDeadline does so for reading.
func (c *Conn) SetReadDeadline(t time.Time) error { return c.bound(t, &c.read) }

// SetWriteDeadline does so for writing.
func (c *Conn) SetWriteDeadline(t time.Time) error { return c.bound(t, &c.write) }

func (c *Conn) bound(t time.Time, list ...*deadline) error {
	interrupts := !t.IsZero() && t.Before(time.Now())
	if !interrupts {
		c.point()
		defer c.point()
	}
	c.change(func() {
		c.interrupted = c.interrupted || interrupts
		for _, d := range list {
			d.set(t, func() { c.change(func() {}) })
		}
	})
	return nil
}

func (d *deadline) set(t time.Time, wake func()) {
	d.at = t
	if d.timer != nil {
		d.timer.Stop()
	}
	if !t.IsZero() {
		d.timer = time.AfterFunc(time.Until(t), wake)
	}
}
