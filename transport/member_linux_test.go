package transport

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"accio/explore/simkernel"
	"accio/fsm"
	"accio/protocol"
)

// crowdOf serves so many guests, each of whom has a place, on a simulated kernel until f
// returns.
func crowdOf(t *testing.T, s *Server, n int, f func(process *simkernel.Process, guests []*simkernel.Guest)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		ctx, stop := context.WithCancel(t.Context())
		k := simkernel.New()
		process := k.Process()
		ln, err := listenBy(process, 0)
		if err != nil {
			t.Fatal(err)
		}
		s.Table, s.Concurrency = &protocol.Server, n
		served := make(chan error, 1)
		go func() { served <- s.Serve(ctx, ln) }()
		var guests []*simkernel.Guest
		for range n {
			g, err := k.Guest(ln.Addr())
			if err != nil {
				t.Fatal(err)
			}
			defer g.Leave()
			guests = append(guests, g)
			synctest.Wait()
		}
		f(process, guests)
		stop()
		if err := <-served; err != nil {
			t.Error(err)
		}
	})
}

// A client that sends without an end does not keep the others from their limits, nor
// from being served.
func TestACrowdIsServedInTurns(t *testing.T) {
	var ended []string
	s := &Server{IdleTimeout: time.Second, Result: func(r Result) error {
		ended = append(ended, fmt.Sprintf("%d %s%d", r.Connection, r.Event, r.Bytes))
		return nil
	}}
	crowdOf(t, s, 3, func(process *simkernel.Process, guests []*simkernel.Guest) {
		process.Limit = much // each look finds as much as is worth another
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
	})
}

// §9.2, §9.3: while a result is blocked nobody is served, which is not the fault of those
// whose payload has not begun, or does not come.
func TestWhoWaitedForAResultIsExcused(t *testing.T) {
	for _, blocked := range []time.Duration{excused, 14 * time.Second} {
		results := map[uint64]Result{}
		s := &Server{IdleTimeout: time.Hour, Limits: Limits{Header: 5 * time.Second, Rate: 100}, Result: func(r Result) error {
			if results[r.Connection] = r; r.Connection == 1 {
				time.Sleep(blocked)
			}
			return nil
		}}
		crowdOf(t, s, 3, func(_ *simkernel.Process, guests []*simkernel.Guest) {
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

// Bytes that come in the moment in which a member's time is over are taken, and its time
// begins anew and passes.
func TestAMemberWhoseTimeIsOver(t *testing.T) {
	var others []*simkernel.Guest
	var began time.Time
	ends := map[uint64]time.Duration{}
	s := &Server{Result: func(r Result) error {
		if len(ends) == 0 { // the other one's deadline has passed as well
			others[2-r.Connection].Arrive("x")
		}
		ends[r.Connection] = time.Since(began)
		if r.Event != fsm.TimedOut {
			t.Errorf("%+v", r)
		}
		return nil
	}}
	crowdOf(t, s, 2, func(_ *simkernel.Process, guests []*simkernel.Guest) {
		others, began = guests, time.Now()
		for _, g := range guests {
			g.Arrive(header)
			synctest.Wait()
		}
		time.Sleep(time.Minute)
		synctest.Wait()
		at := slices.Sorted(maps.Values(ends))
		if len(at) != 2 || at[0] != DefaultIdleTimeout || at[1] != 2*DefaultIdleTimeout {
			t.Errorf("they ended at %v", at)
		}
	})
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
