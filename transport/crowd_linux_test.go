package transport

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net"
	"os"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"accio/explore/simkernel"
	"accio/fsm"
	"accio/internal/require"
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

// What does not pass ends the service of all, each with its line, and is told.
func TestCrowdFailsForGood(t *testing.T) {
	for call, again := range map[string]int{"epoll_create1": 0, "epoll_ctl": 0, "epoll_wait": 1, "accept4": 1} {
		for nth := 0; nth <= again; nth++ {
			synctest.Test(t, func(t *testing.T) {
				k := simkernel.New()
				process := k.Process()
				ln, err := listenBy(process, 0)
				if err != nil {
					t.Fatal(err)
				}
				process.Fail(call, append(make([]error, nth), unix.EBADF)...)
				served, results := make(chan error, 1), 0
				s := &Server{Table: &protocol.Server, Concurrency: 2, Result: func(r Result) error {
					if results++; r.Event != "shutdown" {
						t.Errorf("%+v", r)
					}
					return nil
				}}
				go func() { served <- s.Serve(context.Background(), ln) }()
				synctest.Wait()
				guest, errGuest := k.Guest(ln.Addr())
				synctest.Wait()
				select {
				case err = <-served:
				default:
					t.Fatalf("%s fails, and the server goes on", call)
				}
				var named *os.SyscallError
				if !errors.As(err, &named) || named.Syscall != call || named.Err != unix.EBADF {
					t.Errorf("%s: %v", call, err)
				}
				if errGuest == nil {
					guest.Leave()
				}
				if open, misuses := process.Open(), process.Misuses(); len(open)+len(misuses) > 0 {
					t.Errorf("%s: the descriptors %v are left open; not open was that of %v", call, open, misuses)
				}
				if results != nth { // what had been accepted before
					t.Errorf("%s, call %d: %d results", call, nth+1, results)
				}
			})
		}
	}
}

// A client that sends without an end does not keep the others from their limits, nor
// from being served.
func TestACrowdIsServedInTurns(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, stop := context.WithCancel(t.Context())
		k := simkernel.New()
		process := k.Process()
		ln, err := listenBy(process, 0)
		if err != nil {
			t.Fatal(err)
		}
		process.Limit = much // each look finds as much as is worth another
		var ended []string
		s := &Server{Table: &protocol.Server, Concurrency: 3, IdleTimeout: time.Second, Result: func(r Result) error {
			ended = append(ended, fmt.Sprintf("%d %s%d", r.Connection, r.Event, r.Bytes))
			return nil
		}}
		served := make(chan error, 1)
		go func() { served <- s.Serve(ctx, ln) }()
		var guests [3]*simkernel.Guest
		for i := range guests {
			if guests[i], err = k.Guest(ln.Addr()); err != nil {
				t.Fatal(err)
			}
			synctest.Wait()
		}
		greedy, silent, quick := guests[0], guests[1], guests[2]
		greedy.Arrive(header)
		silent.Arrive(header)
		quick.Arrive(header)
		synctest.Wait()
		const heap = 20 * turnsOfMuch * much
		greedy.Arrive(strings.Repeat("x", heap))
		quick.Arrive("y")
		quick.End()
		synctest.Wait()
		for range 4 {
			time.Sleep(300 * time.Millisecond)
			greedy.Arrive(strings.Repeat("x", heap))
			synctest.Wait()
		}
		greedy.End()
		synctest.Wait()
		want := fmt.Sprintf("[3 1 2 timedout0 1 %d]", 5*heap)
		if fmt.Sprint(ended) != want {
			t.Errorf("%v, want %s", ended, want)
		}
		stop()
		if err := <-served; err != nil {
			t.Error(err)
		}
		for _, g := range guests {
			g.Leave()
		}
	})
}

// §9.2, §9.3: while a result is blocked nobody is served, which is not the fault of those
// whose payload has not begun, or does not come.
func TestWhoWaitedForAResultIsExcused(t *testing.T) {
	for _, blocked := range []time.Duration{excused, 14 * time.Second} {
		synctest.Test(t, func(t *testing.T) {
			ctx, stop := context.WithCancel(t.Context())
			k := simkernel.New()
			process := k.Process()
			ln, err := listenBy(process, 0)
			if err != nil {
				t.Fatal(err)
			}
			results := map[uint64]Result{}
			s := &Server{Table: &protocol.Server, Concurrency: 3, IdleTimeout: time.Hour, Limits: Limits{Header: 5 * time.Second, Rate: 100}, Result: func(r Result) error {
				if results[r.Connection] = r; r.Connection == 1 {
					time.Sleep(blocked)
				}
				return nil
			}}
			served := make(chan error, 1)
			go func() { served <- s.Serve(ctx, ln) }()
			var guests [3]*simkernel.Guest
			for i := range guests {
				if guests[i], err = k.Guest(ln.Addr()); err != nil {
					t.Fatal(err)
				}
				defer guests[i].Leave()
				synctest.Wait()
			}
			blocks, counted, confirms := guests[0], guests[1], guests[2]
			counted.Arrive(header)
			time.Sleep(4500 * time.Millisecond)
			synctest.Wait()
			blocks.End()
			confirms.Arrive(protocol.Confirm1)
			time.Sleep(blocked)
			synctest.Wait()
			time.Sleep(450 * time.Millisecond) // the first 4.95 s of the header, and of the rate
			confirms.Arrive(protocol.Confirm2 + strings.Repeat("x", 1000))
			synctest.Wait()
			time.Sleep(5 * time.Second) // 9.95 s
			counted.Arrive(strings.Repeat("x", 1000))
			synctest.Wait()
			time.Sleep(100 * time.Millisecond)
			counted.End()
			confirms.End()
			synctest.Wait()
			if len(results) != 3 || results[2].Bytes != 1000 || results[3].Bytes != 1000 || !results[2].Good || !results[3].Good {
				t.Errorf("blocked for %s: %+v", blocked, results)
			}
			stop()
			if err := <-served; err != nil {
				t.Error(err)
			}
		})
	}
}

// Who takes nothing is waited for, without being asked again and again, though it sends
// meanwhile; and then things go on.
func TestAMemberWaitsToWrite(t *testing.T) {
	idleOf(t, 2, func(g *simulated, s *Server, _ func()) {
		guest, err := g.k.Guest(g.ln.Addr())
		if err != nil {
			t.Fatal(err)
		}
		synctest.Wait()
		guest.Stall(0)
		guest.Arrive(protocol.Confirm1)
		synctest.Wait()
		guest.Arrive(protocol.Confirm2)
		before := g.Calls("epoll_wait")
		time.Sleep(DefaultIdleTimeout / 2)
		synctest.Wait()
		if n := g.Calls("epoll_wait") - before; n != 0 || guest.Said() != protocol.Accio {
			t.Errorf("%d calls of epoll_wait; the client was told %q", n, guest.Said())
		}
		guest.Stall(-1)
		synctest.Wait()
		guest.End()
		synctest.Wait()
		if g.results.Load() != 1 || guest.Said() != protocol.Accio+protocol.Accio {
			t.Errorf("%d results; the client was told %q", g.results.Load(), guest.Said())
		}
		guest.Leave()
	})
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

// No more are accepted than are to be, however many wait, and the last of them finds the
// port closed already.
func TestCrowdOfSoMany(t *testing.T) {
	for most := uint64(1); most <= 3; most++ {
		synctest.Test(t, func(t *testing.T) {
			k := simkernel.New()
			process := k.Process()
			ln, err := listenBy(process, 0)
			if err != nil {
				t.Fatal(err)
			}
			var guests []*simkernel.Guest
			come := func(n int) {
				for range n {
					g, err := k.Guest(ln.Addr())
					if err != nil {
						t.Fatal(err)
					}
					guests = append(guests, g)
				}
			}
			come(int(most) - 1)
			accepted, results := uint64(0), uint64(0)
			s := &Server{Table: &protocol.Server, Concurrency: 4, Most: most,
				Accepted: func(Result) {
					if accepted++; accepted < most {
						return
					}
					if g, err := k.Guest(ln.Addr()); err == nil {
						g.Leave()
						t.Errorf("one more can connect when all %d have come", most)
					}
				},
				Result: func(Result) error { results++; return nil },
			}
			served := make(chan error, 1)
			go func() { served <- s.Serve(t.Context(), ln) }()
			synctest.Wait()
			process.Fail("accept4", unix.EMFILE) // so that those who come now are accepted together
			come(3)
			time.Sleep(minBackoff)
			synctest.Wait()
			for _, g := range guests {
				g.End()
				defer g.Leave()
			}
			if err := <-served; err != nil || accepted != most || results != most {
				t.Errorf("%v; %d accepted, %d results, want %d", err, accepted, results, most)
			}
		})
	}
}

// Bytes that come in the moment in which a member's time is over are taken, and its time
// begins anew and passes.
func TestAMemberWhoseTimeIsOver(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, stop := context.WithCancel(t.Context())
		k := simkernel.New()
		process := k.Process()
		ln, err := listenBy(process, 0)
		if err != nil {
			t.Fatal(err)
		}
		var guests [2]*simkernel.Guest
		began, ends := time.Now(), map[uint64]time.Duration{}
		s := &Server{Table: &protocol.Server, Concurrency: 2, Result: func(r Result) error {
			if len(ends) == 0 { // the other one's deadline has passed as well
				guests[2-r.Connection].Arrive("x")
			}
			ends[r.Connection] = time.Since(began)
			if r.Event != fsm.TimedOut {
				t.Errorf("%+v", r)
			}
			return nil
		}}
		served := make(chan error, 1)
		go func() { served <- s.Serve(ctx, ln) }()
		for i := range guests {
			if guests[i], err = k.Guest(ln.Addr()); err != nil {
				t.Fatal(err)
			}
			defer guests[i].Leave()
			guests[i].Arrive(header)
			synctest.Wait()
		}
		time.Sleep(time.Minute)
		synctest.Wait()
		at := slices.Sorted(maps.Values(ends))
		if len(at) != 2 || at[0] != DefaultIdleTimeout || at[1] != 2*DefaultIdleTimeout {
			t.Errorf("they ended at %v", at)
		}
		stop()
		if err := <-served; err != nil {
			t.Error(err)
		}
	})
}

// A listener that somebody else closes ends the service, one that is closed already begins
// none, and no descriptor of another is touched.
func TestCrowdOfAClosedListener(t *testing.T) {
	tried := 0
	for _, early := range []bool{true, false} {
		for _, most := range []uint64{0, 1} {
			for _, closes := range [][]int{{0}, {1}, {1, 0}} {
				tried++
				synctest.Test(t, func(t *testing.T) {
					process := simkernel.New().Process()
					var doors []Listener
					for range 2 {
						ln, err := listenBy(process, 0)
						if err != nil {
							t.Fatal(err)
						}
						doors = append(doors, ln)
					}
					end := func(now bool) {
						for _, door := range closes {
							if now {
								doors[door].Close()
							}
						}
					}
					end(early)
					served := make(chan error, 1)
					go func() {
						served <- (&Server{Table: &protocol.Server, Concurrency: 2, Most: most}).Serve(context.Background(), joinFast(doors))
					}()
					synctest.Wait()
					end(!early)
					synctest.Wait()
					select {
					case err := <-served:
						var named *os.SyscallError
						if !errors.Is(err, net.ErrClosed) || !errors.As(err, &named) || named.Syscall != "accept4" {
							t.Error(err)
						}
					default:
						t.Fatal("Serve does not return")
					}
					joinFast(doors).Close()
					if open, misuses := process.Open(), process.Misuses(); len(open)+len(misuses) > 0 {
						t.Errorf("early %t, %v: the descriptors %v are left open; not open was that of %v", early, closes, open, misuses)
					}
				})
			}
		}
	}
	require.Ran(t, "servers", tried, 12)
}

// A wait for what may pass ends with the service.
func TestCrowdWaitsForNothingAtShutdown(t *testing.T) {
	for _, drain := range []bool{false, true} {
		synctest.Test(t, func(t *testing.T) {
			ctx, stop := context.WithCancel(t.Context())
			k := simkernel.New()
			process := k.Process()
			ln, err := listenBy(process, 0)
			if err != nil {
				t.Fatal(err)
			}
			process.Fail("accept4", slices.Repeat([]error{unix.EMFILE}, 20)...)
			s := &Server{Table: &protocol.Server, Concurrency: 2}
			served := make(chan error, 1)
			go func() { served <- s.Serve(ctx, ln) }()
			guest, err := k.Guest(ln.Addr())
			if err != nil {
				t.Fatal(err)
			}
			time.Sleep(1500 * time.Millisecond) // within a wait of a second
			if drain {
				s.Drain()
			} else {
				stop()
			}
			synctest.Wait()
			select {
			case err := <-served:
				if err != nil {
					t.Error(err)
				}
			default:
				t.Error("Serve has not returned at once")
			}
			guest.Leave()
			stop()
		})
	}
}

// Deadlines of many members, set and set anew in any order, pass in theirs.
func TestDue(t *testing.T) {
	var d due
	members := make([]*member, 100)
	for i := range members {
		members[i] = &member{due: -1, number: i, deadline: time.Duration(i * 37 % 100)}
		d.set(members[i])
	}
	for i, m := range members {
		if i%3 == 0 {
			m.deadline += 1000
			d.set(m)
		}
		if i%5 == 0 {
			d.remove(m)
			d.remove(m)
		}
	}
	last, n := time.Duration(-1), 0
	for len(d) > 0 {
		m := d[0]
		d.remove(m)
		if m.deadline < last || m.due != -1 || m.number%5 == 0 {
			t.Errorf("%d after %d", m.deadline, last)
		}
		last = m.deadline
		n++
	}
	if n != 80 {
		t.Errorf("%d members", n)
	}
}
