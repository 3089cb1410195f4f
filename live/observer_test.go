package live

import (
	"iter"
	"net/netip"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"accio/fsm"
	"accio/protocol"
	"accio/transport"
)

// A connection is served, ends, and is told of with the real times of its path.
func TestObserver(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFeed(&small)
		p := f.reporter()
		s := snapshotOf(p)
		wantCounts(t, s, 0, 0, 0, 0)
		if len(s.Serving) != 0 || len(s.Recent) != 0 || len(s.Sessions) != 4 || s.Queue != nil {
			t.Errorf("at first: %+v", s)
		}

		f.accept()
		s = snapshotOf(p)
		if len(s.Serving) != 1 || s.Serving[0].State != "Ask" || len(s.Serving[0].Path) != 0 || s.Sessions["Ask"] != 1 {
			t.Errorf("accepted: %+v", s)
		}
		time.Sleep(time.Second)
		f.fire("asked")
		s = snapshotOf(p)
		wantCounts(t, s, 1, 0, 0, 0)
		if c := s.Serving[0]; c.State != "Hear" || c.Connection != 1 || c.Remote != peer.String() ||
			len(c.Path) != 1 || c.Path[0] != (Step{"Ask", "asked", "Hear", 1}) || s.Sessions["Hear"] != 1 || s.Sessions["Ask"] != 0 {
			t.Errorf("asked: %+v", s)
		}
		time.Sleep(time.Second)
		f.end(7, "told")
		f.session(3, bad...)

		s = snapshotOf(p)
		wantCounts(t, s, 2, 0, 1, 1)
		if s.Connections != (Connections{1, 1}) || s.Bytes != 10 || len(s.Serving) != 0 || len(s.Recent) != 2 {
			t.Fatalf("at the end: %+v", s)
		}
		first, second := s.Recent[1], s.Recent[0]
		if first.State != protocol.Done || first.From != "Hear" || first.Event != "told" || first.Reason != "" || first.Bytes != 7 ||
			first.Seconds != 2 || len(first.Path) != 2 || first.Path[1] != (Step{"Hear", "told", protocol.Done, 2}) {
			t.Errorf("the first: %+v", first)
		}
		if second.State != protocol.Error || second.From != "Hear" || second.Event != "timedout" || second.Bytes != 3 ||
			second.Reason != "no data <&>" || second.Hint != "do send some" || second.Connection != 2 {
			t.Errorf("the second: %+v", second)
		}
	})
}

// The latest are kept, and an update has those that are new.
func TestObserverKeepsTheLatest(t *testing.T) {
	f := newFeed(&small)
	p := f.reporter()
	for range kept + 50 {
		f.session(1, good...)
	}
	m := p.moment()
	for _, test := range []struct {
		place          uint64
		n              int
		newest, oldest uint64
		dropped        bool
	}{
		{0, kept, kept + 50, 51, true},
		{49, kept, kept + 50, 51, true},
		{50, kept, kept + 50, 51, false},
		{kept, 50, kept + 50, kept + 1, false},
		{kept + 49, 1, kept + 50, kept + 50, false},
		{kept + 50, 0, 0, 0, false},
	} {
		u := p.update(&m, test.place)
		if len(u.Recent) != test.n || u.Dropped != test.dropped {
			t.Errorf("since %d: %d, dropped %t", test.place, len(u.Recent), u.Dropped)
		} else if test.n > 0 && (u.Recent[0].Connection != test.newest || u.Recent[test.n-1].Connection != test.oldest) {
			t.Errorf("since %d: from %d to %d", test.place, u.Recent[0].Connection, u.Recent[test.n-1].Connection)
		}
	}
	if s := p.snapshot(&m); s.Dropped || len(s.Recent) != kept {
		t.Errorf("snapshot: %d, dropped %t", len(s.Recent), s.Dropped)
	}
	for number, want := range map[uint64]bool{0: false, 50: false, 51: true, kept + 50: true, kept + 51: false} {
		if _, ok := p.connection(number); ok != want {
			t.Errorf("connection %d: %t", number, ok)
		}
	}
}

// What no table has, and what comes for no connection, changes nothing.
func TestObserverIgnoresStrangers(t *testing.T) {
	f := newFeed(&small)
	p := f.reporter()
	f.Observe(transport.Transition{Connection: 1, From: "Ask", Event: "junk", To: "Hear"})
	f.Ended(transport.Result{Connection: 1, State: protocol.Done, Bytes: 5})
	f.accept()
	f.Observe(transport.Transition{Connection: 2, From: "Ask", Event: "asked", To: "Hear"})
	f.Ended(transport.Result{Connection: 2, State: protocol.Done, Bytes: 5})
	s := snapshotOf(p)
	wantCounts(t, s, 0, 0, 0, 0)
	if s.Connections != (Connections{}) || s.Bytes != 0 || s.Serving[0].State != "Ask" || len(s.Serving[0].Path) != 0 {
		t.Errorf("%+v", s)
	}
}

// A path that goes in circles is kept as far as there is room, and is told how
// much longer it was. Its state is right all the same, and a turn is news.
func TestObserverBoundsThePath(t *testing.T) {
	circular := small.Clone()
	circular.Transitions[2].To = "Ask"
	f := newFeed(&circular)
	p := f.reporter()
	f.accept()
	for range 100 {
		f.fire(good...)
	}
	before := p.moment()
	f.fire(good...)
	if now := p.moment(); now.same(&before) {
		t.Error("a turn is no news")
	}
	f.fire("asked")
	s := snapshotOf(p)
	room := len(circular.States())
	wantCounts(t, s, 102, 0, 101, 0)
	if c := s.Serving[0]; len(c.Path) != room || c.More != 203-room || c.State != "Hear" {
		t.Errorf("%+v", c)
	}
	f.end(1, "timedout")
	s = snapshotOf(p)
	wantCounts(t, s, 102, 0, 101, 1)
	if c := s.Recent[0]; len(c.Path) != room || c.More != 204-room || c.From != "Hear" || c.Event != "timedout" {
		t.Errorf("%+v", c)
	}
}

// What led to a good end is told though the path had no room for it.
func TestObserverTellsTheLastOfALongPath(t *testing.T) {
	long := small.Clone()
	long.Events = append(long.Events, "again")
	long.Transitions = append(long.Transitions, fsm.On("Hear", "again", "Ask"))
	f := newFeed(&long)
	p := f.reporter()
	f.accept()
	for range 5 {
		f.fire("asked", "again")
	}
	f.fire("asked")
	f.end(1, "told")
	if c := snapshotOf(p).Recent[0]; c.From != "Hear" || c.Event != "told" || len(c.Path)+c.More != 12 {
		t.Errorf("%+v", c)
	}
}

// Payload bytes of the connection in service count, and never fall.
func TestBytesInService(t *testing.T) {
	f := newFeed(&small)
	p := f.reporter()
	var progress transport.Progress
	p.Serving = func() iter.Seq[transport.Progress] { return slices.Values([]transport.Progress{progress}) }
	f.session(100, good...)
	f.accept()
	f.fire("asked")
	for _, step := range []struct {
		connection uint64
		bytes      int64
		want       int64
	}{{0, 0, 100}, {2, 10, 110}, {2, 30, 130}, {0, 0, 130}, {3, 7, 130}, {2, 20, 130}} {
		progress = transport.Progress{Connection: step.connection, Bytes: step.bytes}
		if s := snapshotOf(p); s.Bytes != step.want || s.Serving[0].Bytes != step.want-100 {
			t.Errorf("%+v: %d, in service %d", step, s.Bytes, s.Serving[0].Bytes)
		}
	}
	f.end(30, "told")
	if s := snapshotOf(p); s.Bytes != 130 {
		t.Errorf("at the end %d", s.Bytes)
	}
}

// What has come of a text is that of the state that is shown, even if the server
// is ahead of it.
func TestArrivedIsOfTheState(t *testing.T) {
	f := newFeed(&protocol.Server)
	p := f.reporter()
	f.accept()
	f.fire(protocol.Sent)
	progress := transport.Progress{Connection: 1, State: protocol.AwaitConfirm1, Arrived: 7, Silence: 3 * time.Second}
	p.Serving = func() iter.Seq[transport.Progress] { return slices.Values([]transport.Progress{progress}) }
	for state, want := range map[fsm.State]int{protocol.AwaitConfirm1: 7, protocol.AwaitConfirm2: 0} {
		progress.State = state
		if s := snapshotOf(p).Serving[0]; s.State != protocol.AwaitConfirm1 || s.Arrived != want || s.Expected != 15 || s.Left != 7 {
			t.Errorf("progress in %s: %+v", state, s)
		}
	}
	progress.Silence = time.Hour
	if s := snapshotOf(p).Serving[0]; s.Left != 0 {
		t.Errorf("%v s are left after an hour", s.Left)
	}
}

// Whom a header names is the peer from then on, while the connection is in service and when
// it has ended; a page that is open is told at once. One that is not known is nobody's.
func TestIdentified(t *testing.T) {
	f := newFeed(&protocol.Server)
	p := f.reporter()
	f.accept()
	before := p.moment()
	balancer := p.serving(&before.standing[0]).Remote
	f.Identified(transport.Result{Connection: 2, Remote: netip.MustParseAddrPort("192.0.2.77:1")})
	if now := p.moment(); !now.same(&before) || p.serving(&now.standing[0]).Remote != balancer {
		t.Errorf("%+v", now)
	}
	f.Identified(transport.Result{Connection: 1, Remote: netip.MustParseAddrPort("203.0.113.9:50123")})
	now := p.moment()
	if got := p.serving(&now.standing[0]).Remote; got != "203.0.113.9:50123" || now.same(&before) {
		t.Errorf("in service it is %s", got)
	}
	f.end(0, fsm.Shutdown)
	if got := snapshotOf(p).Recent[0].Remote; got != "203.0.113.9:50123" {
		t.Errorf("ended it is %s", got)
	}
}

// Whatever a reader sees belongs together: every transition is that of a
// connection that has ended or is in service.
func TestViewIsConsistent(t *testing.T) {
	f := newFeed(&small)
	p := f.reporter()
	begun, stop := make(chan struct{}), make(chan struct{})
	var rounds uint64
	var writer sync.WaitGroup
	writer.Go(func() {
		for {
			select {
			case <-stop:
				return
			default:
				f.session(3, good...)
				f.session(2, bad...)
				f.session(0, "timedout")
				if rounds++; rounds == 1 {
					close(begun)
				}
			}
		}
	})
	halt := sync.OnceFunc(func() { close(stop); writer.Wait() })
	defer halt()
	<-begun
	var last Snapshot
	for range 300 {
		s := snapshotOf(p)
		asked, done, failed := uint64(0), s.Connections.OK, s.Connections.Error
		for _, c := range s.Serving {
			for _, step := range c.Path {
				switch {
				case step.Event == "asked":
					asked++
				case step.To == protocol.Done:
					done++
				default:
					failed++
				}
			}
		}
		n := counts(s)
		if n[2] != done || n[1]+n[3] != failed || n[0] < asked+s.Connections.OK || s.Bytes < last.Bytes ||
			s.Connections.OK < last.Connections.OK {
			t.Fatalf("%+v\nafter %+v", s, last)
		}
		for i, e := range s.Recent {
			if want := s.Connections.OK + s.Connections.Error - uint64(i); e.Connection != want || len(e.Path) == 0 {
				t.Fatalf("recent %d: %+v, want connection %d", i, e, want)
			}
		}
		last = s
	}
	halt()
	if s := snapshotOf(p); s.Connections != (Connections{rounds, 2 * rounds}) || s.Bytes != int64(5*rounds) {
		t.Errorf("%+v and %d bytes after %d rounds", s.Connections, s.Bytes, rounds)
	}
}

func TestObserveAllocatesNothing(t *testing.T) {
	f := newFeed(&protocol.Server)
	f.accept()
	tr := transport.Transition{Connection: 1, From: protocol.SendAccio1, Event: protocol.Sent, To: protocol.AwaitConfirm1}
	if n := testing.AllocsPerRun(1000, func() { f.open[1].at.Store(0); f.Observe(tr) }); n != 0 {
		t.Errorf("%v allocations a transition", n)
	}
}

// Nobody waits for a server that listens no more; one that listens and does not
// tell is another matter.
func TestQueueAtTheEnd(t *testing.T) {
	p := newFeed(&small).reporter()
	listens := true
	p.Ready = func() bool { return listens }
	p.Queued = func() (int, bool) { return 0, false }
	if s := snapshotOf(p); s.Queue != nil {
		t.Errorf("%d wait", *s.Queue)
	}
	listens = false
	if s := snapshotOf(p); s.Queue == nil || *s.Queue != 0 {
		t.Error("it is not known how many wait")
	}
}

// Many connections are in service: numbers by state, the busiest of them first, and
// each to be had by its number.
func TestManyInService(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFeed(&small)
		p := f.reporter()
		const many = 200
		for range many {
			f.accept()
			if f.number%2 == 0 {
				f.fire("asked")
			}
		}
		p.Serving = func() iter.Seq[transport.Progress] {
			return func(yield func(transport.Progress) bool) {
				for n := range uint64(many) {
					if !yield(transport.Progress{Connection: n + 1, Bytes: int64(n) * 100, State: "Hear"}) {
						return
					}
				}
			}
		}
		time.Sleep(time.Second)
		s := snapshotOf(p)
		if s.InService != many || s.Sessions["Ask"] != many/2 || s.Sessions["Hear"] != many/2 || len(s.Serving) != mostListed || s.Bytes != 100*many*(many-1)/2 {
			t.Errorf("%d in service, %v, %d listed, %d bytes", s.InService, s.Sessions, len(s.Serving), s.Bytes)
		}
		for i, c := range s.Serving {
			if want := uint64(many - i); c.Connection != want || c.Rate != float64(want-1)*100 {
				t.Fatalf("%d: %+v", i, c)
			}
		}
		for number, want := range map[uint64]bool{0: false, 1: true, many: true, many + 1: false} {
			if _, ok := p.connection(number); ok != want {
				t.Errorf("connection %d: %t", number, ok)
			}
		}
		// They end in another order than they came, and their slots are used again.
		for n := uint64(many); n > 0; n-- {
			f.Ended(transport.Result{Connection: n, State: protocol.Error, Bytes: 1})
		}
		for range many {
			f.accept()
		}
		if s = snapshotOf(p); s.InService != many || s.Connections.Error != many || f.service.most.Load() != many || s.Sessions["Hear"] != 0 {
			t.Errorf("%d in service, %+v, %d slots, %v", s.InService, s.Connections, f.service.most.Load(), s.Sessions)
		}
	})
}

// The number of bytes never falls, though one of many ends while they are read.
func TestBytesOfManyNeverFall(t *testing.T) {
	f := newFeed(&small)
	p := f.reporter()
	f.accept()
	p.Serving = func() iter.Seq[transport.Progress] {
		return slices.Values([]transport.Progress{{Connection: 1, Bytes: 50, State: "Ask"}})
	}
	if s := snapshotOf(p); s.Bytes != 50 {
		t.Error(s.Bytes)
	}
	f.Ended(transport.Result{Connection: 1, State: protocol.Error, Bytes: 40})
	if s := snapshotOf(p); s.Bytes != 50 {
		t.Error(s.Bytes)
	}
}
