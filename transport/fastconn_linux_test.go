package transport

import (
	"errors"
	"io"
	"os"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"golang.org/x/sys/unix"
)

// bench calls f in a bubble with a connection of the fast path that was
// accepted on a simulated kernel, and its client. Nothing may be left over.
func bench(t *testing.T, f func(t *testing.T, g *simulated, c *fastConn)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		g := newSimulated()
		in, err := g.ln.Accept()
		if err != nil {
			t.Fatal(err)
		}
		g.did(t, "accepting", map[string]int{"setsockopt": 3, "accept4": 1})
		c := in.(*fastConn)
		f(t, g, c)
		if slices.Contains(g.Open(), c.fd) {
			c.Close()
		}
		g.ln.Close()
		if err := g.Close(); err != nil {
			t.Error(err)
		}
	})
}

// did checks how often each of the calls was made, since the last time.
func (g *simulated) did(t *testing.T, what string, want map[string]int) {
	g.made = 0
	t.Helper()
	for _, call := range []string{"read", "recvfrom", "write", "ppoll", "setsockopt", "accept4"} {
		n := g.Calls(call)
		if n-g.before[call] != want[call] {
			t.Errorf("%s: %d calls of %s, want %d", what, n-g.before[call], call, want[call])
		}
		g.before[call] = n
	}
}

type moving struct {
	call string
	move func() (int64, error)
}

// moves are the calls of a connection that wait.
func (c *fastConn) moves() []moving {
	return []moving{
		{"read", func() (int64, error) { n, err := c.Read(make([]byte, 2)); return int64(n), err }},
		{"recvfrom", c.Discard},
		{"write", func() (int64, error) { n, err := c.Write([]byte("abc")); return int64(n), err }},
	}
}

// A system call that a signal interrupts is made again; any other error is told
// with the name of the call, once, and nothing has moved.
func TestFastConnErrors(t *testing.T) {
	bench(t, func(t *testing.T, g *simulated, c *fastConn) {
		for _, m := range c.moves() {
			g.Arrive("abc")
			g.Fail(m.call, unix.EINTR, unix.EINTR)
			want := map[string]int64{"read": 2, "recvfrom": 4, "write": 3}[m.call]
			if n, err := m.move(); n != want || err != nil {
				t.Errorf("%s: %d, %v after a signal, want %d", m.call, n, err, want)
			}
			g.did(t, m.call, map[string]int{m.call: 3})
			g.Fail(m.call, unix.EIO)
			n, err := m.move()
			if call := (*os.SyscallError)(nil); n != 0 || !errors.As(err, &call) || call.Syscall != m.call || call.Err != unix.EIO {
				t.Errorf("%s: %d, %v", m.call, n, err)
			}
			g.did(t, m.call, map[string]int{m.call: 1})
		}
		c.setLow(true) // where Discard waits first
		g.Arrive("abc")
		g.Fail("recvfrom", unix.EINTR)
		if n, err := c.Discard(); n != 3+3 || err != nil { // with what came before the write
			t.Errorf("%d, %v after a signal in a fast flow", n, err)
		}
		c.setLow(true) // which that has ended
		g.Fail("recvfrom", unix.EIO)
		if n, err := c.Discard(); n != 0 || !errors.Is(err, unix.EIO) || err.Error() != "recvfrom: "+unix.EIO.Error() {
			t.Errorf("%d, %v in a fast flow", n, err)
		}
		g.Fail("shutdown", unix.ENOTCONN)
		if err := c.CloseWrite(); !errors.Is(err, unix.ENOTCONN) || err.Error() != "shutdown: "+unix.ENOTCONN.Error() {
			t.Error(err)
		}
	})
	bench(t, func(t *testing.T, g *simulated, c *fastConn) {
		g.Fail("close", unix.EINTR)
		if err := c.Close(); !errors.Is(err, unix.EINTR) || err.Error() != "close: "+unix.EINTR.Error() {
			t.Error(err)
		}
	})
}

// A wait that a signal interrupts goes on to the deadline, which is kept to the
// nanosecond; then there is one more look. No deadline is none, and one that is
// far off is waited for in parts.
func TestFastConnDeadline(t *testing.T) {
	for _, test := range []struct {
		after  time.Duration
		ppolls int
	}{
		{-time.Hour, 0}, {0, 0}, {1, 1}, {10 * time.Second, 1}, {24 * time.Hour, 1}, {24*time.Hour + 1, 2}, {70 * time.Hour, 3},
	} {
		for i, call := range []string{"read", "recvfrom", "write"} {
			bench(t, func(t *testing.T, g *simulated, c *fastConn) {
				g.Stall(0)
				began, signals := time.Now(), min(test.ppolls, 1)
				g.Fail("ppoll", slices.Repeat([]error{unix.EINTR}, signals)...)
				c.SetDeadline(began.Add(test.after))
				n, err := c.moves()[i].move()
				if took := time.Since(began); n != 0 || err != os.ErrDeadlineExceeded || took != max(test.after, 0) {
					t.Errorf("%s: %d, %v after %s, want %s", call, n, err, took, test.after)
				}
				g.did(t, call+" for "+test.after.String(), map[string]int{call: 2 + test.ppolls - 1 + signals + 1 - min(test.ppolls, 1), "ppoll": test.ppolls + signals})
			})
		}
	}
	bench(t, func(t *testing.T, g *simulated, c *fastConn) {
		if err := errors.Join(c.SetDeadline(time.Now().Add(time.Second)), c.SetDeadline(time.Time{})); err != nil {
			t.Error(err)
		}
		time.AfterFunc(1000*time.Hour, func() { g.Arrive("x") })
		if n, err := c.Read(make([]byte, 2)); n != 1 || err != nil || !g.endless {
			t.Errorf("%d, %v, waited without a timeout: %v", n, err, g.endless)
		}
		g.did(t, "no deadline", map[string]int{"read": 2, "ppoll": 1})
	})
}

// A wait that fails is an error of the call that waits, and not tried again.
func TestFastConnCannotWait(t *testing.T) {
	for i, call := range []string{"read", "recvfrom", "write"} {
		bench(t, func(t *testing.T, g *simulated, c *fastConn) {
			g.Stall(0)
			g.Fail("ppoll", unix.ENOMEM)
			n, err := c.moves()[i].move()
			if n != 0 || !errors.Is(err, unix.ENOMEM) || err.Error() != "ppoll: "+unix.ENOMEM.Error() {
				t.Errorf("%s: %d, %v", call, n, err)
			}
			g.did(t, call, map[string]int{call: 1, "ppoll": 1})
		})
	}
	bench(t, func(t *testing.T, g *simulated, c *fastConn) {
		c.setLow(true)
		g.Fail("ppoll", unix.ENOMEM, unix.ENOMEM)
		if n, err := c.Discard(); n != 0 || !errors.Is(err, unix.ENOMEM) {
			t.Errorf("%d, %v", n, err)
		}
	})
}

// §2.4: bytes that come between the first attempt and the deadline are found
// although the deadline has passed when we get to wait.
func TestFastConnLooksOnceMore(t *testing.T) {
	bench(t, func(t *testing.T, g *simulated, c *fastConn) {
		g.yield = func() {
			if g.made == 2 { // after the first attempt
				g.Arrive("late")
				c.SetDeadline(elapsed)
			}
		}
		g.made = 0
		if n, err := c.Discard(); n != 4 || err != nil {
			t.Errorf("%d, %v", n, err)
		}
		if n, err := c.Discard(); n != 0 || !errors.Is(err, os.ErrDeadlineExceeded) {
			t.Errorf("%d, %v; want no more", n, err)
		}
	})
}

// A deadline that another goroutine sets ends a wait, whenever it comes, and
// that wait only.
func TestFastConnIsWoken(t *testing.T) {
	bench(t, func(t *testing.T, g *simulated, c *fastConn) {
		const own = 5 * time.Second
		for i := range 20 {
			began := time.Now()
			c.SetDeadline(began.Add(own))
			set := time.AfterFunc(time.Duration(i%5)*10*time.Microsecond, func() { c.SetDeadline(elapsed) })
			if _, err := c.Read(make([]byte, 1)); !errors.Is(err, os.ErrDeadlineExceeded) {
				t.Fatal(err)
			}
			if time.Since(began) >= own {
				t.Fatal("a wait lasted until its own deadline")
			}
			set.Stop()
		}
	})
	bench(t, func(t *testing.T, g *simulated, c *fastConn) {
		c.SetDeadline(time.Now().Add(time.Minute))
		time.AfterFunc(time.Second, func() { c.SetDeadline(time.Now().Add(time.Hour)) })
		began := time.Now()
		if _, err := c.Read(make([]byte, 1)); !errors.Is(err, os.ErrDeadlineExceeded) || time.Since(began) != time.Hour+time.Second {
			t.Errorf("%v after %s", err, time.Since(began))
		}
		g.did(t, "a new deadline", map[string]int{"read": 3 + 1, "write": 1, "ppoll": 2}) // the eventfd's too
	})
}

// A deadline that comes when all is over wakes nobody: the number of the
// eventfd may be somebody else's by then.
func TestDeadlineAfterTheEnd(t *testing.T) {
	for _, conn := range []bool{true, false} {
		bench(t, func(t *testing.T, g *simulated, c *fastConn) {
			c.waiting.Store(true) // as it was seen in the last moment
			if conn {
				c.Close()
			} else {
				g.ln.Close()
			}
			c.SetDeadline(elapsed)
			if open := g.Open(); len(open) != 2 || g.Calls("write") != 1 {
				t.Errorf("after one end %v are open, and %d writes", open, g.Calls("write"))
			}
			if conn {
				g.ln.Close()
			} else {
				c.Close()
			}
			c.SetDeadline(elapsed)
			if open := g.Open(); len(open) != 0 || g.Calls("write") != 1 || len(g.Misuses()) > 0 {
				t.Errorf("after both %v are open, %d writes, misuses %v", open, g.Calls("write"), g.Misuses())
			}
		})
	}
}

// Our side ends, and the client's goes on.
func TestFastConnHalfCloses(t *testing.T) {
	bench(t, func(t *testing.T, g *simulated, c *fastConn) {
		c.Write([]byte("abc"))
		if err := c.CloseWrite(); err != nil {
			t.Fatal(err)
		}
		buffer := make([]byte, 8)
		if n, err := g.Guest.Read(buffer); n != 3 || err != nil {
			t.Error(n, err)
		}
		if n, err := g.Guest.Read(buffer); n != 0 || err != nil {
			t.Errorf("%d, %v; want the end", n, err)
		}
		g.Arrive("xyz")
		if n, err := c.Read(buffer); n != 3 || err != nil {
			t.Error(n, err)
		}
		g.End()
		if n, err := c.Read(buffer); n != 0 || err != io.EOF {
			t.Errorf("%d, %v; want the end", n, err)
		}
		if n, err := c.Discard(); n != 0 || err != io.EOF {
			t.Errorf("%d, %v; want the end", n, err)
		}
	})
}

// A kernel that does not discard without a buffer gets one from then on, also
// for the next connection, and counts are right.
func TestFastConnFallsBackToABuffer(t *testing.T) {
	for _, minds := range []error{unix.EFAULT, unix.EINVAL} {
		bench(t, func(t *testing.T, g *simulated, c *fastConn) {
			g.Arrive("payload")
			g.Fail("recvfrom", minds)
			for _, want := range []int64{7, discardBuffer, 1} {
				if n, err := c.Discard(); n != want || err != nil {
					t.Errorf("%v: %d, %v; want %d", minds, n, err, want)
				}
				if want == 7 {
					g.Arrive(string(make([]byte, discardBuffer+1)))
				}
			}
			g.did(t, minds.Error(), map[string]int{"recvfrom": 1, "read": 3})
			c.setLow(true)
			g.Reset()
			if n, err := c.Discard(); n != 0 || !errors.Is(err, unix.ECONNRESET) {
				t.Errorf("%d, %v", n, err)
			}
			c.reset(c.fd, c.remote)
			c.release()
			if c.discard == nil {
				t.Error("the next connection asks again")
			}
		})
	}
}

// The scheduler has its turn when more than 5 ms have passed since the last.
func TestTurnsAreDue(t *testing.T) {
	const ms = time.Millisecond
	var at turn
	for _, test := range []struct {
		now time.Duration
		due bool
	}{{0, false}, {5 * ms, false}, {5*ms + 1, true}, {6 * ms, false}, {10*ms + 1, false}, {10*ms + 2, true}, {15*ms + 2, false}, {time.Second, true}} {
		if due := at.due(test.now); due != test.due {
			t.Errorf("after %s due: %v", test.now, due)
		}
	}
}
