package transport

import (
	"context"
	"errors"
	"net"
	"strings"
	"testing"
	"time"

	"accio/fsm"
	"accio/protocol"
)

// §4.1, §4.3, on a real clock: never early, and not counting the queue.
func TestServerIdleLimit(t *testing.T) {
	t.Parallel()
	const idle = 50 * time.Millisecond
	eachPath(t, func(t *testing.T, path string) {
		r, serve := prepare(t, path, &Server{Table: &protocol.Server, IdleTimeout: idle})
		r.dial()
		r.dial().send("confirm")
		streaming := r.dial()
		streaming.send(header + "x")
		serve()
		for _, from := range []fsm.State{protocol.AwaitConfirm1, protocol.AwaitConfirm1, protocol.Streaming} {
			if got := r.wantError(from, fsm.TimedOut); got.Elapsed < idle || got.Bytes != map[bool]int64{from == protocol.Streaming: 1}[true] {
				t.Errorf("gave up after %s and %d bytes", got.Elapsed, got.Bytes)
			}
		}
		streaming.expect(protocol.Accio + protocol.Accio)
		streaming.expectEnd()
	})
}

// §2.5: the idle limit passes while the server is kept from looking.
func TestServerLosesNothingToAPassedDeadline(t *testing.T) {
	t.Parallel()
	const idle = 50 * time.Millisecond
	for _, at := range []struct {
		state fsm.State
		sent  int
	}{{protocol.AwaitConfirm1, 0}, {protocol.SendAccio2, 15}, {protocol.AwaitConfirm2, 15}, {protocol.Streaming, 38}} {
		t.Run(string(at.state), func(t *testing.T) {
			eachPath(t, func(t *testing.T, path string) {
				blocked, resume := make(chan bool, 1), make(chan bool)
				r, serve := prepare(t, path, &Server{Table: &protocol.Server, IdleTimeout: idle, Observe: func(tr Transition) {
					if tr.To == at.state {
						blocked <- true
						<-resume
					}
				}})
				c := r.dial()
				c.send(header[:at.sent])
				serve()
				select {
				case <-blocked:
					defer r.wantDone(4)
				case got := <-r.results:
					t.Fatalf("%s by %s before %s", got.State, got.Event, at.state)
				}
				defer close(resume)
				c.send(header[at.sent:] + "late")
				c.CloseWrite()
				time.Sleep(2 * idle) // the time that has to pass
			})
		})
	}
}

// §5.1, §5.2
func TestServerQueue(t *testing.T) {
	t.Parallel()
	eachPath(t, func(t *testing.T, path string) {
		s := &Server{Table: &protocol.Server}
		r := start(t, path, s)
		var clients []*peer
		for range 11 {
			clients = append(clients, r.dial())
		}
		for i, c := range clients {
			c.expect(protocol.Accio)
			if i+1 < len(clients) {
				waiting := clients[i+1]
				waiting.SetReadDeadline(time.Now().Add(5 * time.Millisecond))
				if n, _ := waiting.Read(make([]byte, 1)); n > 0 {
					t.Fatalf("client %d heard of the server while client %d was served", i+1, i)
				}
				waiting.SetReadDeadline(time.Now().Add(patience))
			}
			c.send(protocol.Confirm1)
			c.expect(protocol.Accio)
			c.send(protocol.Confirm2 + strings.Repeat("y", i))
			c.Close()
			got := r.next()
			if got.Connection != uint64(i+1) || got.Bytes != int64(i) || got.State != protocol.Done {
				t.Errorf("client %d: %+v", i, got)
			}
		}
	})
}

// §5.3, §6.4
func TestServerShutdown(t *testing.T) {
	eachPath(t, func(t *testing.T, path string) {
		s := &Server{Table: &protocol.Server, IdleTimeout: time.Hour}
		r := start(t, path, s)
		served, queued := r.dial(), r.dial()
		served.handshake()
		served.send("some")
		r.counts(4)
		r.stop()
		if got := r.wantError(protocol.Streaming, fsm.Shutdown); got.Bytes != 4 || got.Reason != "told to stop" {
			t.Errorf("%d bytes, reason %q", got.Bytes, got.Reason)
		}
		served.expectEnd()
		queued.expectEnd()
		if err := <-r.served; err != nil {
			t.Errorf("Serve: %v", err)
		}
		r.served <- nil
		if _, err := r.ln.Accept(); !errors.Is(err, net.ErrClosed) {
			t.Errorf("the listener is open: %v", err)
		}
		if len(r.results) > 0 {
			t.Errorf("a result for a client that was not accepted: %+v", <-r.results)
		}
		if p, ok := r.Progress(); ok {
			t.Errorf("still serving %+v", p)
		}
	})
}

// §5.3: a connection that accept returns although the shutdown has come.
func TestShutdownBeforeTheFirstActivity(t *testing.T) {
	eachPath(t, func(t *testing.T, path string) {
		s := &Server{Table: &protocol.Server}
		ctx, stop := context.WithCancel(context.Background())
		ln, err := paths[path](ctx, 0)
		if err != nil {
			t.Fatal(err)
		}
		r := &running{Server: s, t: t, ln: ln, results: make(chan Result, 1)}
		s.Result = func(result Result) error { r.results <- result; return nil }
		c := r.dial()
		c.send(header)
		stopping := &stopper{ln, stop, 0}
		if err := s.Serve(ctx, stopping); err != nil {
			t.Errorf("Serve: %v", err)
		}
		if stopping.accepted != 1 {
			t.Errorf("accept was called %d times", stopping.accepted)
		}
		r.wantError(protocol.SendAccio1, fsm.Shutdown)
		c.expectEnd()
	})
}

// stopper stops the server while it returns a connection.
type stopper struct {
	Listener
	stop     context.CancelFunc
	accepted int
}

func (l *stopper) Accept() (Incoming, error) {
	l.accepted++
	c, err := l.Listener.Accept()
	l.stop()
	return c, err
}

func TestServeEndsWhenAResultCannotBeDelivered(t *testing.T) {
	r := start(t, "portable", &Server{Table: &protocol.Server, Result: func(Result) error { return errBroken }})
	c := r.dial()
	c.Close()
	if err := <-r.served; !errors.Is(err, errBroken) {
		t.Errorf("Serve: %v, want %v", err, errBroken)
	}
	r.served <- nil
}

func TestServeWithoutCallbacks(t *testing.T) {
	ctx, stop := context.WithCancel(context.Background())
	ln, err := Listen(ctx, 0)
	if err != nil {
		t.Fatal(err)
	}
	served := make(chan error)
	go func() { served <- (&Server{Table: &protocol.Server}).Serve(ctx, ln) }()
	r := &running{t: t, ln: ln}
	c := r.dial()
	c.handshake()
	c.CloseWrite()
	c.expectEnd()
	stop()
	if err := <-served; err != nil {
		t.Error(err)
	}
}
