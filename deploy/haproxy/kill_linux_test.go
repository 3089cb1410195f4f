package haproxy

import (
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"accio/internal/clitest"
	"accio/internal/require"
	"accio/protocol"
)

// A server that is killed takes with it the lines of those whom it had in service, and
// no other.
func TestKilledServer(t *testing.T) {
	f := newFarm(t, false)
	const held = 12
	var half []*net.TCPConn
	for i := range held {
		half = append(half, f.half(t, 2<<20+i))
	}
	for _, m := range f.members {
		until(t, "four for each", func() bool { return m.state(t).InService == held/3 })
	}
	l := start(f.address, polite)
	l.reach(t, 500)
	dead, living := f.members[1], []*member{f.members[0], f.members[2]}
	killed := time.Now()
	dead.now().Kill()
	gone := time.Now()
	// HAProxy ends the stream of those in good order, whatever the server's end was: only
	// that they have not ended theirs tells them that they were not counted.
	cut := map[int]bool{}
	until(t, "the clients of the dead server that were held hear the end", func() bool {
		for i, c := range half {
			c.SetReadDeadline(time.Now().Add(time.Millisecond))
			if _, err := c.Read(make([]byte, 1)); err != nil && !errors.Is(err, os.ErrDeadlineExceeded) {
				cut[i] = true
			}
		}
		return len(cut) >= held/3
	})
	l.reach(t, l.next.Load()+500)
	f.start(t, dead)
	f.healthy(t, dead)
	l.finish(t, 1500)
	var without []int64 // of those held
	for i, c := range half {
		n := 2<<20 + int64(i)
		if cut[i] {
			without = append(without, n)
		} else if err := finishHalf(c); err != nil {
			t.Errorf("the client of %d bytes: %v", n, err)
		} else {
			l.whole[n] = true
		}
	}
	for _, m := range f.members {
		f.stop(t, m)
	}
	require.Ran(t, "clients of the dead server that were held", len(without), held/3)

	counts, failed := lines(t, f.members...)
	here, _ := lines(t, living...)
	for n, times := range counts {
		if times != 1 || !l.whole[n] && l.broken[n] == nil {
			t.Errorf("%d lines with %d; the client: %v, %v", times, n, l.whole[n], l.broken[n])
		}
	}
	if failed > 0 {
		t.Errorf("%d lines ERROR", failed)
	}
	for i := range half {
		n := 2<<20 + int64(i)
		if (counts[n] > 0) == cut[i] {
			t.Errorf("the client of %d bytes has %d lines; cut off: %v", n, counts[n], cut[i])
		}
	}
	// Each of the load that has no line, or was cut off, was there when it happened.
	missing := 0
	at := f.served()
	for n, one := range l.tries {
		if counts[n] == 1 && l.broken[n] == nil {
			continue
		}
		if counts[n] == 0 {
			missing++
		}
		// HAProxy may leave lines of its log out.
		elsewhere := len(at[one.port]) > 0 && !slices.Contains(at[one.port], dead.name)
		if here[n] > 0 || elsewhere || one.began.After(gone) || one.ended.Before(killed) {
			t.Errorf("the session of %d bytes has %d lines, %v; HAProxy says %v; %s to %s, killed %s to %s", n, counts[n], l.broken[n], at[one.port], one.began, one.ended, killed, gone)
		}
	}
	if missing > clients {
		t.Errorf("%d lines are missing, of %d clients at a time", missing, clients)
	}
	t.Logf("%d sessions; missing are the lines of %d held and %d others, %d were cut off, turned away %d times; HAProxy: %s",
		len(l.tries)+held, len(without), missing, len(l.broken), l.turned, f.ends())
}

// A client that resets its connection, and one whose HAProxy is killed, are one line each.
// Whether it is ERROR or a number, is HAProxy's doing: README.md has the figures.
func TestCutOff(t *testing.T) {
	each := 10
	if long {
		each = 100
	}
	f := newFarm(t, false)
	count := func() (n int) {
		for _, m := range f.members {
			n += strings.Count(m.now().Stdout.String(), "\n")
		}
		return n
	}
	numbers := func(first, n int) (numbers int) {
		counts, _ := lines(t, f.members...)
		for i := first; i < first+n; i++ {
			if counts[int64(i)] > 1 {
				t.Errorf("%d lines with %d", counts[int64(i)], i)
			}
			numbers += counts[int64(i)]
		}
		return numbers
	}
	for i := range each {
		c := f.half(t, 1000+i)
		c.SetLinger(0)
		c.Close()
	}
	until(t, "a line each", func() bool { return count() == each })
	for i := range each {
		c := f.half(t, 2000+i)
		until(t, "it has arrived", func() bool { return f.arrived(t, 2000+i) })
		c.SetLinger(0)
		c.Close()
	}
	until(t, "a line each", func() bool { return count() == 2*each })
	for i := range each {
		f.half(t, 3000+i)
	}
	for i := range each {
		until(t, "it has arrived", func() bool { return f.arrived(t, 3000+i) })
	}
	f.haproxy.Kill()
	until(t, "a line each", func() bool { return count() == 3*each })
	for _, m := range f.members {
		f.stop(t, m)
	}
	require.Ran(t, "lines", count(), 3*each)
	t.Logf("of %d each, numbers: %d reset behind the data, %d reset later, %d cut off by the end of HAProxy",
		each, numbers(1000, each), numbers(2000, each), numbers(3000, each))
}

// half connects a client that sends n bytes and does not end its stream.
func (f *farm) half(t *testing.T, n int) *net.TCPConn {
	t.Helper()
	conn, err := net.Dial("tcp4", f.address)
	clitest.Check(t, err)
	c := conn.(*net.TCPConn)
	t.Cleanup(func() { c.Close() })
	clitest.MustTalk(t, c, "<"+escaped(protocol.Accio), ">"+escaped(protocol.Confirm1), "<"+escaped(protocol.Accio), ">"+escaped(protocol.Confirm2)+strings.Repeat("x", n))
	return c
}

func escaped(text string) string { return strings.Trim(strconv.Quote(text), `"`) }

// finishHalf ends the stream of a client and waits for the end of the server's.
func finishHalf(c *net.TCPConn) error {
	c.SetDeadline(time.Now().Add(patience))
	sent := c.CloseWrite()
	n, err := c.Read(make([]byte, 1))
	if n > 0 || err != io.EOF {
		return fmt.Errorf("%d bytes where the end was to come, %w", n, err)
	}
	return sent
}

// served is which members HAProxy says that clients with these ports had.
func (f *farm) served() map[int][]string {
	members := map[int][]string{}
	for _, line := range regexp.MustCompile(`(?m)^127\.0\.0\.1:(\d+) \S+ accio accio/(\S+) `).FindAllStringSubmatch(f.haproxy.Stdout.String(), -1) {
		port, _ := strconv.Atoi(line[1])
		members[port] = append(members[port], line[2])
	}
	return members
}
