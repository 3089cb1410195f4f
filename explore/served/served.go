// Package served makes a subject of package explore of what runs on package
// transport: a server's table, with its own actions. It knows no protocol, and no
// test of package transport can import it. Tests of one's own table import it.
package served

import (
	"context"
	"errors"
	"net"
	"net/netip"
	"sync/atomic"
	"time"

	"accio/explore"
	"accio/fsm"
	"accio/transport"
)

// Table makes a subject of a server of the table, on a scripted connection. It notes
// the events and counts the payload. Its key is the state, how much of its text has
// come, the silence and what was not read; a table with actions of its own has none,
// as nobody knows what these keep to themselves.
func Table(t *fsm.Table, do map[fsm.Action]transport.Do, idle time.Duration) explore.Subject {
	return func() explore.Ground {
		return &ground{Conn: explore.NewConn(), server: &transport.Server{Table: t, Do: do, IdleTimeout: idle}}
	}
}

// ground is a server on a scripted connection.
type ground struct {
	*explore.Conn
	server *transport.Server
	count  atomic.Int64 // of a session that has ended
}

var errOne = errors.New("one is enough")

// Serve serves the connection. It panics with an event that the table does not have.
func (g *ground) Serve(ctx context.Context, s *explore.Session) {
	g.Yield(s.Yield)
	g.Report(g.says)
	g.server.Observe = func(tr transport.Transition) { s.Note(string(tr.Event)) }
	g.server.Result = func(r transport.Result) error {
		g.count.Store(r.Bytes)
		if illegal := (*fsm.IllegalEventError)(nil); errors.As(r.Err, &illegal) {
			return illegal
		}
		return errOne
	}
	inner, stop := context.WithCancel(context.Background())
	defer stop()
	g.server.Accepted = func(transport.Result) { // or else nobody is accepted after an early stop
		if ctx.Err() != nil {
			stop()
		}
		context.AfterFunc(ctx, stop)
	}
	if err := g.server.Serve(inner, &listener{conn: g.Conn, closed: make(chan struct{})}); err != nil && !errors.Is(err, errOne) {
		panic(err)
	}
}

// key is what the rest of a session depends on.
type key struct {
	state   fsm.State
	arrived int
	silence time.Duration
	has     explore.Holding
}

func (g *ground) says() explore.Said {
	p, serving := g.server.Progress()
	if !serving {
		return explore.Said{Count: g.count.Load()}
	}
	said := explore.Said{Count: p.Bytes}
	if len(g.server.Table.Own) == 0 {
		said.Key = key{p.State, p.Arrived, p.Silence, g.Holds()}
	}
	return said
}

// listener has one connection.
type listener struct {
	conn   *explore.Conn
	closed chan struct{}
	gone   atomic.Bool
}

func (l *listener) Accept() (transport.Incoming, error) {
	if l.conn == nil || l.gone.Load() {
		<-l.closed
		return nil, net.ErrClosed
	}
	c := incoming{l.conn}
	l.conn = nil
	return c, nil
}

func (l *listener) Close() error {
	if !l.gone.Swap(true) {
		close(l.closed)
	}
	return nil
}

func (l *listener) Addr() netip.AddrPort { return netip.AddrPort{} }

// incoming is a connection that was accepted.
type incoming struct{ *explore.Conn }

func (incoming) Remote() netip.AddrPort { return netip.AddrPort{} }
