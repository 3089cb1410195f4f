//go:build linux

package simkernel

import (
	"context"
	"fmt"
	"net"
	"testing/synctest"

	"accio/explore"
)

// Serve makes a subject of any server of package net's listeners, on a machine of its
// own, with one client. When the context is done, or the connection of that client was
// closed, the listener is closed, and the server has to return.
func Serve(f func(ctx context.Context, ln net.Listener)) explore.Subject {
	return func() explore.Ground {
		k := New()
		g := &ground{server: k.Process()}
		ln, err := g.server.ListenNet(0, func() {
			if g.yield != nil {
				g.yield()
			}
		})
		if err == nil {
			g.ln, ln.once = ln, true
			g.Guest, err = k.Guest(ln.Addr().(*net.TCPAddr).AddrPort())
		}
		if err != nil {
			panic(err) // it can not be: the machine is new
		}
		g.serve = f
		return g
	}
}

// ground is a server on a simulated machine, and its client.
type ground struct {
	*Guest
	server *Process
	ln     *Listener
	serve  func(ctx context.Context, ln net.Listener)
	yield  func()
	asked  int
}

func (g *ground) Serve(ctx context.Context, s *explore.Session) {
	g.yield = s.Yield
	if ctx.Err() != nil {
		g.ln.Close() // or else it would be chance whether the client is accepted
	}
	defer context.AfterFunc(ctx, func() { g.ln.Close() })()
	g.serve(ctx, g.ln)
}

func (g *ground) Limit(n int) { g.server.Limit = n }

func (g *ground) Says() explore.Said { return explore.Said{} }

// Interrupted is asked again and again: a server that is told to stop has had its
// chance then.
func (g *ground) Interrupted() bool {
	g.asked++
	return g.asked > 1000
}

func (g *ground) Close() error {
	g.Leave()
	g.ln.Close()
	synctest.Wait() // for what the server has left behind
	if open := g.server.Open(); len(open) > 0 {
		return fmt.Errorf("the descriptors %v are left open", open)
	}
	return nil
}
