package transport

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"sync"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"accio/fsm"
	"accio/protocol"
)

// script is a connection whose peer is a test. It keeps the contract of Conn
// and waits on virtual time inside a bubble. Its peer's half is the methods
// that arrive, end, reset and the like; they never block.
type script struct {
	mu       sync.Mutex
	changed  *sync.Cond
	arrived  []byte
	taken    []byte // the beginning of what had arrived, as long as the header
	ended    bool   // the peer has ended its side
	broken   error  // returned once, after what had arrived
	told     bool   // broken was returned
	deaf     error  // what every write fails with
	refused  int    // writes that failed
	room     int    // how many bytes more the peer takes; negative: any number
	limit    int    // most bytes one call moves; 0: any number
	written  []byte
	half     bool // our side is ended
	deadline time.Time
	timer    *time.Timer
}

func newScript() *script {
	s := &script{room: -1}
	s.changed = sync.NewCond(&s.mu)
	return s
}

func (s *script) change(f func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	f()
	s.changed.Broadcast()
}

func (s *script) arrive(p string) { s.change(func() { s.arrived = append(s.arrived, p...) }) }

// takesTurns lets commands arrive, each when nothing moves any more.
func (s *script) takesTurns(commands string) {
	for len(commands) > 0 {
		n := min(len(commands), len(protocol.Accio))
		synctest.Wait()
		s.arrive(commands[:n])
		commands = commands[n:]
	}
}

func (s *script) end()           { s.change(func() { s.ended = true }) }
func (s *script) fail(err error) { s.change(func() { s.broken = err }) }
func (s *script) reset()         { s.fail(os.NewSyscallError("read", syscall.ECONNRESET)) }

// stall makes the peer take n more bytes and then no more.
func (s *script) stall(n int) { s.change(func() { s.room = n }) }

func (s *script) sent() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return string(s.written)
}

// wait calls try until it has something to return, or the deadline has passed
// and it has been called once more.
func (s *script) wait(try func() (int, error, bool)) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for {
		passed := !s.deadline.IsZero() && !time.Now().Before(s.deadline)
		if n, err, ok := try(); ok {
			return n, err
		}
		if passed {
			return 0, os.ErrDeadlineExceeded
		}
		s.changed.Wait()
	}
}

func (s *script) at(n int) int {
	if s.limit > 0 {
		return min(n, s.limit)
	}
	return n
}

func (s *script) takeLocked(most int) ([]byte, error, bool) {
	switch {
	case s.told:
		return nil, io.EOF, true // as TCP does: the error is told once
	case len(s.arrived) > 0:
		n := s.at(min(most, len(s.arrived)))
		p := s.arrived[:n]
		s.arrived, s.taken = s.arrived[n:], append(s.taken, p[:min(n, len(header)-len(s.taken))]...)
		return p, nil, true
	case s.ended:
		return nil, io.EOF, true
	case s.broken != nil:
		s.told = true
		return nil, s.broken, true
	}
	return nil, nil, false
}

func (s *script) Read(p []byte) (int, error) {
	return s.wait(func() (int, error, bool) {
		taken, err, ok := s.takeLocked(len(p))
		return copy(p, taken), err, ok
	})
}

func (s *script) Discard() (int64, error) {
	n, err := s.wait(func() (int, error, bool) {
		taken, err, ok := s.takeLocked(1 << 30)
		return len(taken), err, ok
	})
	return int64(n), err
}

func (s *script) Write(p []byte) (int, error) {
	return s.wait(func() (int, error, bool) {
		switch {
		case s.deaf != nil:
			s.refused++
			return 0, s.deaf, true
		case s.broken != nil:
			s.told = true
			return 0, s.broken, true
		}
		n := s.at(len(p))
		if s.room >= 0 {
			n = min(n, s.room)
			s.room -= n
		}
		s.written = append(s.written, p[:n]...)
		return n, nil, n > 0
	})
}

func (s *script) CloseWrite() error {
	s.change(func() { s.half = true })
	return nil
}

func (s *script) SetDeadline(t time.Time) error {
	s.change(func() {
		s.deadline = t
		if s.timer != nil {
			s.timer.Stop()
		}
		if !t.IsZero() {
			s.timer = time.AfterFunc(time.Until(t), func() { s.change(func() {}) })
		}
	})
	return nil
}

// played is what a scripted session left behind.
type played struct {
	Result
	conn   *script
	events []fsm.Event // in the order fired
	path   []fsm.State // the states gone through, the first included
}

func (p *played) eventsText() string {
	var words []string
	for _, e := range p.events {
		words = append(words, string(e))
	}
	return strings.Join(words, " ")
}

// actor is the peer of a scripted session: it may sleep, which costs nothing
// in a bubble.
type actor func(peer *script, stop context.CancelFunc)

// play runs a session of the table against the actor in a bubble of its own.
func play(t *testing.T, table *fsm.Table, a actor, change ...func(*session)) *played {
	t.Helper()
	p := &played{}
	synctest.Test(t, func(t *testing.T) { p.run(t.Context(), table, a, change...) })
	return p
}

func (p *played) run(parent context.Context, table *fsm.Table, a actor, change ...func(*session)) {
	ctx, stop := context.WithCancel(parent)
	defer stop()
	p.conn = newScript()
	p.path = []fsm.State{table.Initial}
	s := &session{table: table, conn: p.conn, idle: DefaultIdleTimeout}
	s.machine = fsm.NewMachine(table, func(_ fsm.State, e fsm.Event, to fsm.State) {
		p.events, p.path = append(p.events, e), append(p.path, to)
	})
	for _, f := range change {
		f(s)
	}
	acted := make(chan struct{})
	go func() { defer close(acted); a(p.conn, stop) }()
	defer func() { <-acted }()
	uninterrupt := interrupt(ctx, s.conn)
	p.Result = s.conclude(ctx, Result{Started: time.Now()})
	uninterrupt()
	if s.file != nil {
		s.file.close()
	}
	if p.conn.timer != nil {
		p.conn.timer.Stop()
	}
}

func playServer(t *testing.T, a actor, change ...func(*session)) *played {
	t.Helper()
	return play(t, &protocol.Server, a, change...)
}

// notEnd says what is wrong with where, how and when a session ended, or nothing.
func (p *played) notEnd(from fsm.State, event fsm.Event, elapsed time.Duration) string {
	switch {
	case p.State != protocol.Error || p.From != from || p.Event != event:
		return fmt.Sprintf("ended in %s by %s from %s (%s); want %s from %s", p.State, p.Event, p.From, p.Reason, event, from)
	case p.Err != nil && event != fsm.Failed:
		return fmt.Sprintf("ended by %s with the error %v", event, p.Err)
	case p.Elapsed != elapsed:
		return fmt.Sprintf("ended after %s, want %s", p.Elapsed, elapsed)
	}
	return ""
}

func (p *played) wantEnd(t *testing.T, from fsm.State, event fsm.Event, elapsed time.Duration) {
	t.Helper()
	if wrong := p.notEnd(from, event, elapsed); wrong != "" {
		t.Error(wrong)
	}
}

// notDone says what is wrong with a session that is to count so many bytes, or nothing.
func (p *played) notDone(bytes int64) string {
	if p.State != protocol.Done || p.Bytes != bytes {
		return fmt.Sprintf("ended in %s with %d bytes (%s); want Done with %d", p.State, p.Bytes, p.Explanation(), bytes)
	}
	return ""
}

func (p *played) wantDone(t *testing.T, bytes int64) {
	t.Helper()
	if wrong := p.notDone(bytes); wrong != "" {
		t.Error(wrong)
	}
}

var errBroken = errors.New("broken")
