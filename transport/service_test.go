package transport

import (
	"context"
	"errors"
	"net"
	"strings"
	"testing"
	"time"

	"accio/fsm"
)

// §4.1, §4.3, on a real clock: never early, and not counting the queue.
func TestServerIdleLimit(t *testing.T) {
	t.Parallel()
	const idle = time.Second
	eachPath(t, func(t *testing.T, path string) {
		t.Parallel()
		s := &Server{}
		s.IdleTimeout = idle
		r := start(t, path, s)
		silent, queued := r.dial(), r.dial()
		silent.expect(fsm.Accio)
		queued.send("confirm")
		if got := r.wantError(fsm.AwaitConfirm1, fsm.TimedOut); got.Elapsed < idle {
			t.Errorf("gave up after %s", got.Elapsed)
		}
		if got := r.wantError(fsm.AwaitConfirm1, fsm.TimedOut); got.Elapsed < idle {
			t.Errorf("gave the queued one up after %s", got.Elapsed)
		}
		streaming := r.dial()
		streaming.handshake()
		streaming.send("x")
		if got := r.wantError(fsm.Streaming, fsm.TimedOut); got.Elapsed < idle || got.Bytes != 1 {
			t.Errorf("gave up after %s and %d bytes", got.Elapsed, got.Bytes)
		}
		streaming.expectEnd()
	})
}

// §2.5: the idle limit passes while the server is kept from looking.
func TestServerLosesNothingToAPassedDeadline(t *testing.T) {
	t.Parallel()
	const idle = time.Second
	for _, at := range []fsm.State{fsm.AwaitConfirm1, fsm.SendAccio2, fsm.AwaitConfirm2, fsm.Streaming} {
		t.Run(string(at), func(t *testing.T) {
			t.Parallel()
			eachPath(t, func(t *testing.T, path string) {
				t.Parallel()
				s := &Server{}
				s.IdleTimeout = idle
				blocked, resume := make(chan bool), make(chan bool)
				s.Observe = func(tr Transition) {
					if tr.To == at {
						blocked <- true
						<-resume
					}
				}
				r := start(t, path, s)
				c := r.dial()
				sent := map[fsm.State]int{fsm.AwaitConfirm1: 0, fsm.SendAccio2: 15, fsm.AwaitConfirm2: 15, fsm.Streaming: 38}[at]
				c.send(header[:sent])
				<-blocked
				c.send(header[sent:] + "late")
				c.CloseWrite()
				time.Sleep(2 * idle) // the time that has to pass
				resume <- true
				r.wantDone(4)
			})
		})
	}
}

// §5.1, §5.2
func TestServerQueue(t *testing.T) {
	eachPath(t, func(t *testing.T, path string) {
		s := &Server{}
		r := start(t, path, s)
		var clients []*peer
		for range 11 {
			clients = append(clients, r.dial())
		}
		for i, c := range clients {
			c.expect(fsm.Accio)
			if i+1 < len(clients) {
				waiting := clients[i+1]
				waiting.SetReadDeadline(time.Now().Add(5 * time.Millisecond))
				if n, _ := waiting.Read(make([]byte, 1)); n > 0 {
					t.Fatalf("client %d heard of the server while client %d was served", i+1, i)
				}
				waiting.SetReadDeadline(time.Now().Add(patience))
			}
			c.send(fsm.Confirm1)
			c.expect(fsm.Accio)
			c.send(fsm.Confirm2 + strings.Repeat("y", i))
			c.Close()
			got := r.next()
			if got.Connection != uint64(i+1) || got.Bytes != int64(i) || got.State != fsm.Done {
				t.Errorf("client %d: %+v", i, got)
			}
		}
	})
}

// §5.3, §6.4
func TestServerShutdown(t *testing.T) {
	eachPath(t, func(t *testing.T, path string) {
		s := &Server{IdleTimeout: time.Hour}
		r := start(t, path, s)
		served, queued := r.dial(), r.dial()
		served.handshake()
		served.send("some")
		r.counts(4)
		r.stop()
		if got := r.wantError(fsm.Streaming, fsm.Shutdown); got.Bytes != 4 || got.Reason != "told to stop" {
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
		s := &Server{}
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
		r.wantError(fsm.SendAccio1, fsm.Shutdown)
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
	r := start(t, "portable", &Server{Result: func(Result) error { return errBroken }})
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
	go func() { served <- new(Server).Serve(ctx, ln) }()
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
