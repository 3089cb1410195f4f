package transport

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"accio/explore"
	"accio/fsm"
	"accio/protocol"
)

// The tests of this file are about several things that are true at once
// (docs/protocol.md §2.4, §2.5).

// frozen makes the whole program stand still for d between two calls of the
// connection, as SIGSTOP does: what happens meanwhile is found all at once.
type frozen struct {
	*explore.Conn
	calls  int // before the freeze
	freeze func()
}

func (f *frozen) tick() {
	if f.calls--; f.calls == 0 {
		f.freeze()
	}
}

func (f *frozen) Read(p []byte) (int, error)  { f.tick(); return f.Conn.Read(p) }
func (f *frozen) Discard() (int64, error)     { f.tick(); return f.Conn.Discard() }
func (f *frozen) Write(p []byte) (int, error) { f.tick(); return f.Conn.Write(p) }

// freezeAt plays a session in which the process stands still before its nth
// call of the connection; meanwhile an hour passes and f happens.
func freezeAt(t *testing.T, n int, f func(peer *explore.Conn, stop context.CancelFunc)) *played {
	t.Helper()
	p := &played{}
	synctest.Test(t, func(t *testing.T) {
		ctx, stop := context.WithCancel(t.Context())
		defer stop()
		p.conn = explore.NewConn()
		p.conn.Arrive(header[:5])
		s := &session{table: &protocol.Server, idle: DefaultIdleTimeout}
		s.conn = &frozen{p.conn, n, func() { time.Sleep(time.Hour); f(p.conn, stop); synctest.Wait() }}
		s.machine = fsm.NewMachine(s.table, nil)
		defer interrupt(ctx, s.conn)()
		p.Result = s.conclude(ctx, Result{Started: time.Now()})
	})
	return p
}

func TestBytesBeatTheDeadline(t *testing.T) {
	for n := 1; n <= 3; n++ {
		freezeAt(t, n, func(peer *explore.Conn, _ context.CancelFunc) {
			peer.Arrive(header[5:] + "late")
			peer.End()
		}).wantDone(t, 4)
	}
}

func TestTheEndBeatsTheDeadline(t *testing.T) {
	p := freezeAt(t, 3, func(peer *explore.Conn, _ context.CancelFunc) { peer.End() })
	p.wantEnd(t, protocol.AwaitConfirm1, fsm.Closed, time.Hour)
}

func TestTheResetBeatsTheDeadline(t *testing.T) {
	p := freezeAt(t, 3, func(peer *explore.Conn, _ context.CancelFunc) { peer.Reset() })
	p.wantEnd(t, protocol.AwaitConfirm1, fsm.Failed, time.Hour)
}

func TestTheDeadlineComesLast(t *testing.T) {
	p := freezeAt(t, 3, func(*explore.Conn, context.CancelFunc) {})
	p.wantEnd(t, protocol.AwaitConfirm1, fsm.TimedOut, time.Hour)
}

func TestShutdownBeatsEverything(t *testing.T) {
	from := []fsm.State{protocol.SendAccio1, protocol.AwaitConfirm1, protocol.AwaitConfirm1}
	for _, what := range []struct {
		name string
		do   func(*explore.Conn)
	}{
		{"bytes and end", func(peer *explore.Conn) { peer.Arrive(header[5:]); peer.End() }},
		{"a wrong byte", func(peer *explore.Conn) { peer.Arrive("wrong") }},
		{"end", (*explore.Conn).End},
		{"reset", (*explore.Conn).Reset},
		{"silence", func(*explore.Conn) {}},
	} {
		for n := range from {
			p := freezeAt(t, n+1, func(peer *explore.Conn, stop context.CancelFunc) { what.do(peer); stop() })
			if p.From != from[n] || p.Event != fsm.Shutdown {
				t.Errorf("%s before call %d: %s from %s, want shutdown from %s", what.name, n+1, p.Event, p.From, from[n])
			}
		}
	}
}

// Bytes come before the end or the reset that follows them in the stream.
func TestStreamOrder(t *testing.T) {
	for _, follows := range []func(*explore.Conn){(*explore.Conn).End, (*explore.Conn).Reset} {
		p := freezeAt(t, 3, func(peer *explore.Conn, _ context.CancelFunc) { peer.Arrive("wrong"); follows(peer) })
		p.wantEnd(t, protocol.AwaitConfirm1, fsm.Mismatched, time.Hour)
	}
}

// hooked calls before at every deadline that is set.
type hooked struct {
	*explore.Conn
	before, after func(n int)
	n             int
}

func (h *hooked) SetDeadline(t time.Time) error {
	if t == elapsed { // the shutdown's own
		return h.Conn.SetDeadline(t)
	}
	h.n++
	h.before(h.n)
	err := h.Conn.SetDeadline(t)
	h.after(h.n)
	return err
}

// A shutdown that comes while a deadline is being set is not lost: whether it
// comes just before or just after the call, the session ends at once.
func TestShutdownWhileADeadlineIsSet(t *testing.T) {
	for _, early := range []bool{true, false} {
		for at := 1; at <= 2; at++ { // the first deadline, and one that is set anew
			var p played
			synctest.Test(t, func(t *testing.T) {
				ctx, stop := context.WithCancel(t.Context())
				defer stop()
				shoot := func(now bool) func(int) {
					return func(n int) {
						if now && n == at {
							stop()
							synctest.Wait() // the shutdown has done all it does
						}
					}
				}
				s := &session{table: &protocol.Server, idle: DefaultIdleTimeout}
				conn := explore.NewConn()
				s.conn = &hooked{Conn: conn, before: shoot(early), after: shoot(!early)}
				s.machine = fsm.NewMachine(s.table, nil)
				time.AfterFunc(time.Second, func() { conn.Arrive("c") }) // so that a deadline is set at 10 s
				defer interrupt(ctx, s.conn)()
				p.Result = s.conclude(ctx, Result{Started: time.Now()})
			})
			want := time.Duration(at-1) * 10 * time.Second
			if p.Event != fsm.Shutdown || p.Elapsed != want {
				t.Errorf("deadline %d, before it: %v: ended by %s after %s, want shutdown after %s",
					at, early, p.Event, p.Elapsed, want)
			}
		}
	}
}
