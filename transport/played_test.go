package transport

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"accio/explore"
	"accio/fsm"
	"accio/protocol"
)

// takesTurns lets commands arrive, each when nothing moves any more.
func takesTurns(peer *explore.Conn, commands string) {
	for len(commands) > 0 {
		n := min(len(commands), len(protocol.Accio))
		synctest.Wait()
		peer.Arrive(commands[:n])
		commands = commands[n:]
	}
}

// played is what a scripted session left behind.
type played struct {
	Result
	conn   *explore.Conn
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
type actor func(peer *explore.Conn, stop context.CancelFunc)

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
	p.conn = explore.NewConn()
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
	p.conn.Close()
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
