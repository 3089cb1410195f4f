package transport

import (
	"context"
	"runtime"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"accio/fsm"
	"accio/internal/require"
)

// ground is a connection that sessions are explored on: what a server stands
// on, and a client at the other end.
type ground interface {
	client
	// serve drives the connection through the table, and calls yield wherever
	// something could come in between, but for the changes of state.
	serve(ctx context.Context, table *fsm.Table, yield func(), changed fsm.Observer) Result
	// session is that of serve; nil as long as there is none.
	session() *session
	// limitTo makes each call move so many bytes at most.
	limitTo(n int)
	// still calls f while the connection does nothing.
	still(f func())
	// interrupted reports whether a shutdown has done all that it does while
	// the session stands still.
	interrupted() bool
	// close ends what serve has left behind, and says what should not be there.
	close() error
}

// client is what a client and its network do. None of it blocks.
type client interface {
	arrive(text string)
	end()
	reset()
	// stall makes it take n bytes more; negative: any number.
	stall(n int)
	// deafen makes every write to it fail.
	deafen()
	// wrote is how many bytes were sent to it.
	wrote() int
	// refusals is how many writes to it have failed.
	refusals() int
	holds() holding
	// atOnce calls f with a client whose doings the server sees all at once.
	atOnce(f func(c client))
	// commands is how many whole commands were sent to it, -1 if anything else
	// was.
	commands() int
	// confirmations is how many of its confirmations were read whole.
	confirmations() int
}

// holding is what a connection holds.
type holding struct {
	queue            string // not read
	end, reset, shut bool
}

// grounds are the ways to explore: the scripted connection, where the loop is
// alone, and what the system has of other ones.
var grounds = map[string]func() ground{"scripted": newScripted}

func eachGround(t *testing.T, test func(t *testing.T, on string)) {
	want := 1
	if runtime.GOOS == "linux" {
		want = 2
	}
	require.Ran(t, "grounds", len(grounds), want)
	for on := range grounds {
		t.Run(on, func(t *testing.T) { test(t, on) })
	}
}

// scripted is the scripted connection as a ground. Each call of it is a yield
// point, before and after.
type scripted struct {
	*script
	s     *session
	yield func()
	done  atomic.Bool // the shutdown
}

func newScripted() ground { return &scripted{script: newScript()} }

func (g *scripted) serve(ctx context.Context, table *fsm.Table, yield func(), changed fsm.Observer) Result {
	g.yield = yield
	g.s = &session{table: table, idle: idleLimit, conn: g, machine: fsm.NewMachine(table, changed)}
	defer interrupt(ctx, g)()
	return g.s.conclude(ctx, Result{Started: time.Now()})
}

func (g *scripted) Read(p []byte) (int, error) {
	g.yield()
	defer g.yield()
	return g.script.Read(p)
}

func (g *scripted) Discard() (int64, error) {
	g.yield()
	defer g.yield()
	return g.script.Discard()
}

func (g *scripted) Write(p []byte) (int, error) {
	g.yield()
	defer g.yield()
	return g.script.Write(p)
}

func (g *scripted) SetDeadline(t time.Time) error {
	if t == elapsed {
		defer g.done.Store(true)
		return g.script.SetDeadline(t)
	}
	g.yield()
	defer g.yield()
	return g.script.SetDeadline(t)
}

func (g *scripted) session() *session { return g.s }
func (g *scripted) limitTo(n int)     { g.change(func() { g.limit = n }) }
func (g *scripted) interrupted() bool { return g.done.Load() }

func (g *scripted) still(f func()) {
	g.mu.Lock()
	defer g.mu.Unlock()
	f()
}

func (g *scripted) close() error {
	if g.timer != nil {
		g.timer.Stop()
	}
	return nil
}

// held is a script that somebody holds the lock of.
type held struct{ *script }

func (s *script) atOnce(f func(c client)) { s.change(func() { f(held{s}) }) }

func (h held) arrive(text string) { h.arrived = append(h.arrived, text...) }
func (h held) end()               { h.ended = true }
func (h held) reset()             { h.broken = syscall.ECONNRESET }
func (h held) stall(n int)        { h.room = n }
func (h held) deafen()            { h.deaf = syscall.EPIPE }

func (s *script) deafen()       { s.change(func() { s.deaf = syscall.EPIPE }) }
func (s *script) wrote() int    { return len(s.sent()) }
func (s *script) refusals() int { return s.refused }

// holds is for those who keep it still, or know that it is.
func (s *script) holds() holding {
	return holding{string(s.arrived), s.ended, s.broken != nil, s.room == 0}
}
