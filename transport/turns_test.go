package transport

import (
	"context"
	"net"
	"net/netip"
	"testing"
	"testing/synctest"
	"time"

	"accio/explore"
	"accio/protocol"
)

// turns is a listener that has scripted connections to accept, and then waits
// for Close.
type turns struct {
	failing
	conns  []*explore.Conn
	accept func() // called just before a connection is returned
}

func newTurns(conns ...*explore.Conn) *turns {
	return &turns{failing{closed: make(chan struct{})}, conns, func() {}}
}

func (l *turns) Accept() (Incoming, error) {
	if len(l.conns) == 0 {
		<-l.closed
		return nil, net.ErrClosed
	}
	next := l.conns[0]
	l.conns = l.conns[1:]
	l.accept()
	return incoming{next}, nil
}

// incoming is a scripted connection that a listener has returned.
type incoming struct{ *explore.Conn }

func (incoming) Remote() netip.AddrPort { return netip.AddrPort{} }

// §5.5: a byte every nine seconds holds the next client up for as long as it
// comes, here for a day.
func TestSenderWithoutEndHoldsUpTheNext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, stop := context.WithCancel(t.Context())
		first, second := explore.NewConn(), explore.NewConn()
		var results []Result
		s := &Server{Table: &protocol.Server, Result: func(r Result) error { results = append(results, r); return nil }}
		served := make(chan error, 1)
		go func() { served <- s.Serve(ctx, newTurns(first, second)) }()
		first.Arrive(header)
		second.Arrive(header)
		second.End()
		const day = 24 * 60 * 60 / 9
		for range day {
			time.Sleep(9 * time.Second)
			first.Arrive("x")
		}
		synctest.Wait()
		if second.Said() != "" || len(results) != 0 {
			t.Errorf("the second client was sent %q, and there are %d results", second.Said(), len(results))
		}
		first.End()
		synctest.Wait()
		if len(results) != 2 || results[0].Bytes != day || results[1].State != protocol.Done || second.Said() != protocol.Accio+protocol.Accio {
			t.Errorf("%+v", results)
		}
		stop()
		if err := <-served; err != nil {
			t.Error(err)
		}
	})
}
