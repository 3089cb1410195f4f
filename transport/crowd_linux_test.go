package transport

import (
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"accio/explore/simkernel"
	"accio/protocol"

	"golang.org/x/sys/unix"
)

// A crowd without clients sleeps, and so does one in which nobody says anything but for
// the limits of those: what wakes it is told by what it asks the system.
func TestIdleCrowdSleeps(t *testing.T) {
	idleOf(t, 2, func(g *simulated, s *Server, connect func()) {
		time.Sleep(1000 * time.Hour)
		if n := g.Calls("epoll_wait"); n != 1 {
			t.Errorf("%d calls of epoll_wait", n)
		}
		connect()
		if g.results.Load() != 1 {
			t.Errorf("%d results", g.results.Load())
		}
		before := g.Calls("epoll_wait")
		time.Sleep(1000 * time.Hour) // who has gone has no deadline any more
		if n := g.Calls("epoll_wait") - before; n != 0 {
			t.Errorf("%d calls of epoll_wait when the client had gone", n)
		}
		for range 20 {
			g.Leave()
			connect()
		}
		if n := len(s.slots.list()); n != 1 || g.results.Load() != 21 {
			t.Errorf("%d places, %d results", n, g.results.Load())
		}
	})
}

// A crowd without a free place is not woken by those who wait for one.
func TestFullCrowdSleeps(t *testing.T) {
	idleOf(t, 2, func(g *simulated, s *Server, _ func()) {
		var guests []*simkernel.Guest
		for range 4 {
			guest, err := g.k.Guest(g.ln.Addr())
			if err != nil {
				t.Fatal(err)
			}
			guests = append(guests, guest)
			synctest.Wait()
		}
		before := g.Calls("epoll_wait")
		time.Sleep(DefaultIdleTimeout - time.Second)
		synctest.Wait()
		if n := g.Calls("epoll_wait"); n != before || before > 6 {
			t.Errorf("%d calls of epoll_wait, and %d when nothing happened", before, n-before)
		}
		for i, want := range []string{protocol.Accio, protocol.Accio, "", ""} {
			if got := guests[i].Said(); got != want {
				t.Errorf("client %d was told %q", i+1, got)
			}
		}
		guests[1].End()
		synctest.Wait()
		if g.results.Load() != 1 || guests[2].Said() != protocol.Accio || guests[3].Said() != "" {
			t.Errorf("%d results; the third was told %q, the fourth %q", g.results.Load(), guests[2].Said(), guests[3].Said())
		}
		for _, guest := range guests {
			guest.Leave()
		}
		synctest.Wait()
		if g.results.Load() != 4 {
			t.Errorf("%d results", g.results.Load())
		}
		another, err := g.k.Guest(g.ln.Addr()) // the system tells of clients again
		if err != nil {
			t.Fatal(err)
		}
		synctest.Wait()
		if another.Said() != protocol.Accio {
			t.Error("who comes later is not accepted")
		}
		another.Leave()
	})
}

// §5.4, of a crowd: what may pass is told and waited out, and those in service are served
// meanwhile.
func TestCrowdWaitsOutWhatPasses(t *testing.T) {
	for _, errno := range []error{unix.EMFILE, unix.ENFILE, unix.ENOBUFS, unix.ENOMEM, unix.ECONNABORTED} {
		idleOf(t, 2, func(g *simulated, s *Server, connect func()) {
			connect()
			if g.results.Load() != 0 {
				t.Errorf("%v: a result for nobody", errno)
			}
			time.Sleep(5 * time.Millisecond)
			synctest.Wait()
			if g.results.Load() != 0 {
				t.Errorf("%v: a result after one wait", errno)
			}
			before := g.Calls("epoll_wait")
			time.Sleep(10 * time.Millisecond)
			synctest.Wait()
			if n := strings.Count(g.log.String(), `error="`+errno.Error()+`"`); n != 2 || g.results.Load() != 1 {
				t.Errorf("%v: %d log lines, %d results; want 2 and 1\n%s", errno, n, g.results.Load(), g.log.String())
			}
			for _, wait := range []string{"5ms", "10ms"} {
				if strings.Count(g.log.String(), " retry="+wait+"\n") != 1 {
					t.Errorf("no wait of %s:\n%s", wait, g.log.String())
				}
			}
			if n := g.Calls("epoll_wait") - before; n > 4 {
				t.Errorf("%d calls of epoll_wait in a wait", n)
			}
			g.Fail("accept4", errno)
			connect()
			time.Sleep(5 * time.Millisecond) // the waits begin anew
			synctest.Wait()
			if g.results.Load() != 2 {
				t.Errorf("%v: %d results", errno, g.results.Load())
			}
		}, errno, errno)
	}
	idleOf(t, 2, func(g *simulated, s *Server, connect func()) {
		connect()
		if g.results.Load() != 1 || g.log.String() != "" {
			t.Errorf("after a signal %d results; log %s", g.results.Load(), g.log.String())
		}
	}, unix.EINTR, unix.EINTR)
}

// A system that is short of descriptors holds nobody up for longer than until one is free,
// however often that has been so.
func TestCrowdIsShortOfDescriptors(t *testing.T) {
	idleOf(t, 9, func(g *simulated, s *Server, _ func()) {
		const places, clients = 2, 40
		g.SetDescriptors(3 + len(g.Open()) + places)
		var guests []*simkernel.Guest
		for range clients {
			guest, err := g.k.Guest(g.ln.Addr())
			if err != nil {
				t.Fatal(err)
			}
			guest.End()
			guests = append(guests, guest)
		}
		synctest.Wait()
		time.Sleep(time.Second)
		synctest.Wait()
		if n := g.results.Load(); n != clients {
			t.Errorf("%d of %d served in a second", n, clients)
		}
		for _, guest := range guests {
			guest.Leave()
		}
		g.SetDescriptors(0)
	})
}
