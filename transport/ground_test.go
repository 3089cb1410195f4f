package transport

import (
	"context"
	"runtime"
	"testing"
	"time"

	"accio/explore"
	"accio/fsm"
	"accio/internal/require"
)

// ground is a connection that sessions are explored on, with what they tell beside
// what is seen of them.
type ground interface {
	explore.Ground
	tells() *told
	// session is nil as long as there is none.
	session() *session
	allow(Limits)
}

// told is what a session tells.
type told struct {
	path   []fsm.Transition
	result Result
}

func (p *told) tells() *told { return p }

// observe returns an observer that tells s, too.
func (p *told) observe(s *explore.Session) fsm.Observer {
	return func(from fsm.State, e fsm.Event, to fsm.State) {
		p.path = append(p.path, fsm.Transition{From: from, Event: e, To: to})
		s.Note(string(e))
	}
}

func toldBy(s *explore.Session) *told { return s.Ground.(ground).tells() }

// grounds are the ways to explore a table: the scripted connection, where the loop
// is alone, and what the system has of other ones.
var grounds = map[string]func(*fsm.Table) explore.Subject{"scripted": newScripted}

func eachGround(t *testing.T, test func(t *testing.T, on string)) {
	want := 1
	if runtime.GOOS == "linux" {
		want = 3
	}
	require.Ran(t, "grounds", len(grounds), want)
	for on := range grounds {
		t.Run(on, func(t *testing.T) { test(t, on) })
	}
}

// scripted is the loop on a scripted connection.
type scripted struct {
	*explore.Conn
	told
	table *fsm.Table
	s     *session
	most  Limits
}

func newScripted(table *fsm.Table) explore.Subject {
	return func() explore.Ground { return &scripted{Conn: explore.NewConn(), table: table} }
}

func (g *scripted) Serve(ctx context.Context, x *explore.Session) {
	g.Yield(x.Yield)
	g.s = &session{table: g.table, idle: idleLimit, conn: g.Conn, machine: fsm.NewMachine(g.table, g.observe(x))}
	g.s.limit = newLimiter(&g.most, time.Now())
	g.Report(func() explore.Said { return g.s.says(g.Holds()) })
	defer interrupt(ctx, g.Conn)()
	g.result = g.s.conclude(ctx, Result{Started: time.Now()})
}

func (g *scripted) session() *session { return g.s }

func (g *scripted) allow(l Limits) { g.most = l }

func (g *scripted) Abort() {
	if g.s != nil {
		g.s.abort.Store(&ErrKilled)
		g.SetDeadline(elapsed)
	}
}

// says is what a session says of itself while it stands still.
func (s *session) says(has explore.Holding) explore.Said {
	return explore.Said{Count: s.payload.Load(), Key: s.key(has)}
}
