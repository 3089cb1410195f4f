package main

import (
	"context"
	"io"
	"log/slog"
	"net"
	"runtime"
	"testing"

	"accio/fsm"
	"accio/internal/cli"
	"accio/internal/clitest"
	"accio/protocol"
	"accio/transport"
)

// Without --http nothing watches the server, and nothing runs beside it.
func TestWithoutPage(t *testing.T) {
	before := runtime.NumGoroutine()
	p, err := openPage(t.Context(), cli.Address{}, nil, "")
	if err != nil || p.ln != nil {
		t.Fatal(p, err)
	}
	server := &transport.Server{Table: &protocol.Server, Result: func(transport.Result) error { return nil }}
	stop := p.show(t.Context(), server, nil, nil, nil)
	if n := runtime.NumGoroutine(); n > before { // some of earlier tests may have ended
		t.Errorf("%d goroutines, %d before", n, before)
	}
	if server.Accepted != nil || server.Observe != nil {
		t.Error("the server is watched")
	}
	if n := testing.AllocsPerRun(100, func() { server.Result(transport.Result{}) }); n != 0 {
		t.Errorf("%v allocations a result", n)
	}
	stop()
	p.Close()
}

// anyPage is a page on a free port.
func anyPage(t *testing.T) page {
	var address cli.Address
	clitest.Check(t, address.Set("0"))
	p, err := openPage(t.Context(), address, nil, "")
	clitest.Check(t, err)
	return p
}

// A page that was stopped is closed, also where nothing is known of the queue.
func TestPageIsStopped(t *testing.T) {
	p := anyPage(t)
	ln, err := transport.Listen(t.Context(), 0)
	clitest.Check(t, err)
	defer ln.Close()
	p.show(t.Context(), &transport.Server{Table: &protocol.Server}, struct{ transport.Listener }{ln}, nil, slog.New(slog.DiscardHandler))()
	if c, err := net.Dial("tcp", p.ln.Address().String()); err == nil {
		c.Close()
		t.Error("the page is open")
	}
}

// With it, the page is told of a result before the line is written, and its
// failure is not the server's.
func TestWithPage(t *testing.T) {
	p := anyPage(t)
	ctx, cancel := context.WithCancel(t.Context())
	ln, err := transport.Listen(ctx, 0)
	if err != nil {
		t.Fatal(err)
	}
	var printed []fsm.State
	var observed, accepted int
	server := &transport.Server{
		Table:   &protocol.Server,
		Result:  func(r transport.Result) error { printed = append(printed, r.State); return io.ErrClosedPipe },
		Observe: func(transport.Transition) { observed++ },

		Accepted: func(transport.Result) { accepted++ },
	}
	text := new(clitest.Stream)
	stop := p.show(ctx, server, ln, nil, slog.New(slog.NewTextHandler(text, nil)))
	cancel() // the page is there until it is stopped
	server.Accepted(transport.Result{Connection: 1})
	server.Observe(transport.Transition{Connection: 1, From: protocol.SendAccio1, Event: fsm.Shutdown, To: protocol.Error})
	if err := server.Result(transport.Result{Connection: 1, State: protocol.Error}); err != io.ErrClosedPipe || len(printed) != 1 || observed != 1 || accepted != 1 {
		t.Errorf("%v, %v, %d, %d", err, printed, observed, accepted)
	}
	p.ln.Close()
	clitest.Check(t, text.Wait(`level=WARN msg="the page has failed; the server goes on without it" error=`))
	stop()
	ln.Close()
}
