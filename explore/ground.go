package explore

import (
	"context"
	"net"
)

// Ground is a connection with a server on one end of it and a [Client] on the other.
type Ground interface {
	Client
	// Serve serves the connection until that is over, or ctx done. It passes the
	// yield points of s ([Session.Yield]), before and after each of its calls.
	Serve(ctx context.Context, s *Session)
	// AtOnce calls f with a client of which the server sees everything that it
	// does in f at once.
	AtOnce(f func(c Client))
	// Limit makes each call of the server move so many bytes at most.
	Limit(n int)
	// Still calls f while the server does nothing.
	Still(f func())
	// Holds and Says tell what there is to know. Inside of Still nothing changes.
	Holds() Holding
	Says() Said
	// Said is what the client was sent, and Refused how many writes have failed.
	Said() string
	Refused() int
	// Interrupted reports whether a context that is done has done all that it does
	// to a server that stands still.
	Interrupted() bool
	// Close frees what Serve has left behind, and says what should not be there.
	Close() error
}

// Aborter is a ground whose server can end one connection without the others, which
// [Abort] needs.
type Aborter interface{ Abort() }

// Subject makes the ground for one session. It is what is explored.
type Subject func() Ground

// Serve makes a subject of any server of package net's connections. It has to
// return when it is done with one.
func Serve(f func(ctx context.Context, c net.Conn)) Subject {
	return func() Ground {
		return &plain{served: served{NewConn(), func(ctx context.Context, c *Conn, _ *Session) {
			defer c.Close()
			f(ctx, netConn{c})
		}}}
	}
}

// Engine makes a subject of what works on a [Conn] itself, as the sessions of
// package transport do, and tells s what happens to it.
func Engine(f func(ctx context.Context, c *Conn, s *Session)) Subject {
	return func() Ground { return &served{NewConn(), f} }
}

// served is a scripted connection as a ground.
type served struct {
	*Conn
	serve func(ctx context.Context, c *Conn, s *Session)
}

func (g *served) Serve(ctx context.Context, s *Session) {
	g.Conn.yield = s.Yield
	g.serve(ctx, g.Conn, s)
}

func (g *served) Close() error { return g.Conn.Close() }

// plain is one whose server does with its context what it likes.
type plain struct {
	served
	asked int
}

// Interrupted is asked again and again: a server that is told to stop by something
// else than its connection has had its chance then.
func (g *plain) Interrupted() bool {
	g.asked++
	return g.asked > 1000 || g.Conn.Interrupted()
}

// Hear makes a subject of which only as much is seen as f returns of it: the codes of
// its answers, for example, and not what it notes.
func Hear(subject Subject, f func(s Seen) Seen) Subject {
	return func() Ground { return &heard{subject(), f} }
}

type heard struct {
	Ground
	f func(s Seen) Seen
}
