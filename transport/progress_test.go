package transport

import (
	"context"
	"fmt"
	"net"
	"net/netip"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"accio/explore"
	"accio/fsm"
	"accio/protocol"
)

// Within every text that a table of the server expects, Progress tells how much
// of it has come, and how long nothing has.
func TestProgressOfTheHeader(t *testing.T) {
	cuts := 0
	for _, a := range protocol.Server.Activities {
		for got := range len(a.Text) {
			if a.Action != fsm.Expect {
				continue
			}
			cuts++
			t.Run(fmt.Sprintf("%s %d", a.State, got), func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) { progressAt(t, a, got) })
			})
		}
	}
	if cuts != len(protocol.Confirm1)+len(protocol.Confirm2) {
		t.Errorf("%d cuts", cuts)
	}
}

// stage is a listener of one scripted connection.
type stage struct {
	*explore.Conn
	offered chan Incoming // closed by Close
	closing sync.Once
}

func newStage() *stage {
	s := &stage{Conn: explore.NewConn(), offered: make(chan Incoming, 1)}
	s.offered <- onStage{s.Conn}
	return s
}

func (s *stage) Accept() (Incoming, error) {
	if c := <-s.offered; c != nil {
		return c, nil
	}
	return nil, net.ErrClosed
}

func (s *stage) Close() error { s.closing.Do(func() { close(s.offered) }); return nil }

func (s *stage) Addr() netip.AddrPort { return netip.AddrPort{} }

type onStage struct{ *explore.Conn }

func (c onStage) Remote() netip.AddrPort { return netip.AddrPort{} }
func (c onStage) Close() error           { return nil }

func progressAt(t *testing.T, a fsm.Activity, got int) {
	p := newStage()
	s := &Server{Table: &protocol.Server, Result: func(Result) error { return nil }}
	s.Accepted = func(Result) {
		if now, ok := s.Progress(); !ok || now.State != protocol.Server.Initial || now.Arrived != 0 || now.Silence != 0 {
			t.Errorf("before the first activity: %v, %+v", ok, now)
		}
	}
	if _, ok := s.Progress(); ok {
		t.Error("progress of nothing")
	}
	ctx, stop := context.WithCancel(t.Context())
	served := make(chan error, 1)
	go func() { served <- s.Serve(ctx, p) }()
	want := func(state fsm.State, arrived int, bytes int64, silence time.Duration) {
		t.Helper()
		synctest.Wait()
		now, ok := s.Progress()
		if !ok || now.State != state || now.Arrived != arrived || now.Bytes != bytes || now.Silence != silence {
			t.Errorf("%v, %+v; want %d in %s, %d bytes, and %s of silence", ok, now, arrived, state, bytes, silence)
		}
	}
	before := ""
	for _, b := range protocol.Server.Activities {
		if b.State == a.State {
			break
		}
		if b.Action == fsm.Expect {
			before += b.Text
		}
	}
	p.Arrive(before)
	time.Sleep(time.Second)
	want(a.State, 0, 0, time.Second)
	for i := range got {
		p.Arrive(a.Text[i : i+1])
		want(a.State, i+1, 0, 0)
		time.Sleep(9 * time.Second)
		want(a.State, i+1, 0, 9*time.Second)
	}
	p.Arrive(a.Text[got:])
	synctest.Wait()
	if now, _ := s.Progress(); now.State == a.State || now.Arrived != 0 || now.Silence != 0 {
		t.Errorf("after it: %+v", now)
	}
	stop()
	if err := <-served; err != nil {
		t.Error(err)
	}
}

// Of a payload it tells how long nothing has come.
func TestProgressOfThePayload(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newStage()
		s := &Server{Table: &protocol.Server, Result: func(Result) error { return nil }}
		ctx, stop := context.WithCancel(t.Context())
		go s.Serve(ctx, p)
		p.Arrive(header + "12345")
		time.Sleep(3 * time.Second)
		if now, ok := s.Progress(); !ok || now.State != protocol.Streaming || now.Arrived != 0 || now.Bytes != 5 || now.Silence != 3*time.Second {
			t.Errorf("%v, %+v", ok, now)
		}
		p.End()
		synctest.Wait()
		if now, ok := s.Progress(); ok {
			t.Errorf("after the end: %+v", now)
		}
		stop()
		synctest.Wait()
	})
}

// A table without activities has no state to tell.
func TestProgressWithoutActivities(t *testing.T) {
	if state, arrived, silence := new(published).look(&fsm.Table{}, time.Now()); state != "" || arrived != 0 || silence != 0 {
		t.Errorf("%q, %d, %s", state, arrived, silence)
	}
}
