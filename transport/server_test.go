package transport

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"runtime"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"accio/fsm"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// paths are the ways to listen; every test on real sockets takes each of them.
var paths = map[string]func(context.Context, int) (Listener, error){"portable": listenPortable}

func eachPath(t *testing.T, test func(t *testing.T, path string)) {
	for name := range paths {
		t.Run(name, func(t *testing.T) { test(t, name) })
	}
}

// patience bounds every wait on a real socket.
const patience = 10 * time.Second

// running is a server on a loopback port.
type running struct {
	*Server
	t       *testing.T
	ln      Listener
	results chan Result
	stop    context.CancelFunc
	served  chan error
}

func start(t *testing.T, path string, s *Server) *running {
	t.Helper()
	ctx, stop := context.WithCancel(context.Background())
	ln, err := paths[path](ctx, 0)
	if err != nil {
		t.Fatal(err)
	}
	r := &running{Server: s, t: t, ln: ln, results: make(chan Result, 100), stop: stop, served: make(chan error, 1)}
	if s.Result == nil {
		s.Result = func(result Result) error { r.results <- result; return nil }
	}
	go func() { r.served <- s.Serve(ctx, ln) }()
	t.Cleanup(func() {
		stop()
		select {
		case err := <-r.served:
			if err != nil {
				t.Errorf("Serve: %v", err)
			}
		case <-time.After(patience):
			t.Error("Serve did not return")
		}
	})
	return r
}

func (r *running) address() string { return fmt.Sprintf("127.0.0.1:%d", r.ln.Addr().Port()) }

func (r *running) dial() *peer {
	r.t.Helper()
	c, err := net.Dial("tcp4", r.address())
	if err != nil {
		r.t.Fatal(err)
	}
	c.SetDeadline(time.Now().Add(patience))
	r.t.Cleanup(func() { c.Close() })
	return &peer{c.(*net.TCPConn), r.t}
}

func (r *running) next() Result {
	r.t.Helper()
	select {
	case result := <-r.results:
		return result
	case <-time.After(patience):
		r.t.Fatal("no result")
		panic("unreachable")
	}
}

func (r *running) wantDone(bytes int64) {
	r.t.Helper()
	if got := r.next(); got.State != fsm.Done || got.Bytes != bytes {
		r.t.Errorf("%s with %d bytes (%s), want Done with %d", got.State, got.Bytes, got.Explanation(), bytes)
	}
}

func (r *running) wantError(from fsm.State, event fsm.Event) Result {
	r.t.Helper()
	got := r.next()
	if got.State != fsm.Error || got.From != from || got.Event != event {
		r.t.Errorf("%s from %s by %s (%s), want Error from %s by %s", got.State, got.From, got.Event, got.Reason, from, event)
	}
	return got
}

// peer is the client's end.
type peer struct {
	*net.TCPConn
	t *testing.T
}

func (p *peer) expect(text string) {
	p.t.Helper()
	got := make([]byte, len(text))
	if n, err := io.ReadFull(p, got); err != nil || string(got) != text {
		p.t.Fatalf("got %q, %v; want %q", got[:n], err, text)
	}
}

// expectEnd waits for the server's close, a reset included.
func (p *peer) expectEnd() {
	p.t.Helper()
	if rest, err := io.ReadAll(p); len(rest) > 0 || errors.Is(err, context.DeadlineExceeded) {
		p.t.Errorf("got %q, %v; want the end", rest, err)
	}
}

func (p *peer) send(text string) {
	p.t.Helper()
	if _, err := io.WriteString(p, text); err != nil {
		p.t.Fatal(err)
	}
}

func (p *peer) handshake() {
	p.t.Helper()
	p.expect(fsm.Accio)
	p.send(fsm.Confirm1)
	p.expect(fsm.Accio)
	p.send(fsm.Confirm2)
}

func (p *peer) reset() {
	p.SetLinger(0)
	p.Close()
}

// Accepted is told of every connection before its first transition, with what
// its Result will have.
func TestServerTellsOfAcceptedConnections(t *testing.T) {
	eachPath(t, func(t *testing.T, path string) {
		type told struct {
			Result
			transitions int
		}
		accepted, transitions := make(chan told, 1), 0
		r := start(t, path, &Server{
			Accepted: func(r Result) { accepted <- told{r, transitions} },
			Observe:  func(Transition) { transitions++ },
		})
		for i := range 3 {
			c := r.dial()
			c.handshake()
			c.CloseWrite()
			c.expectEnd()
			end := r.next()
			want := told{Result{Connection: end.Connection, Remote: end.Remote, Started: end.Started}, 5 * i}
			if got := <-accepted; got != want || end.Connection != uint64(i+1) {
				t.Errorf("told of %+v, want %+v", got, want)
			}
		}
	})
}

// §1.5, §1.6, §1.8: counts are right whatever the size and the segmentation.
func TestServerCounts(t *testing.T) {
	eachPath(t, func(t *testing.T, path string) {
		s := &Server{}
		r := start(t, path, s)
		random := rand.New(rand.NewPCG(4, 713))
		for _, size := range []int{0, 1, 2, 500, 65535, 65536, 65537, 1 << 20, 1<<20 + 1, 10 << 20} {
			for _, most := range []int{1 << 30, 1 << 16, 1000} {
				if most < 1<<16 && size > 1<<20 {
					continue
				}
				c := r.dial()
				c.expect(fsm.Accio)
				stream := append([]byte(header), bytes.Repeat([]byte("\r"), size)...)
				for len(stream) > 0 {
					n := min(len(stream), 1+random.IntN(most))
					c.send(string(stream[:n]))
					stream = stream[n:]
				}
				c.CloseWrite()
				c.expect(fsm.Accio)
				c.expectEnd()
				r.wantDone(int64(size))
			}
		}
	})
}

// §1.9
func TestServerTakesWhatCameEarly(t *testing.T) {
	eachPath(t, func(t *testing.T, path string) {
		s := &Server{}
		r := start(t, path, s)
		c := r.dial()
		c.send(header + "payload")
		c.CloseWrite()
		c.expect(fsm.Accio + fsm.Accio)
		r.wantDone(7)
	})
}

// §1.10: the client's system resets at once, as there is something that the
// client has not read.
func TestServerSaysWhenBothDirectionsWereClosed(t *testing.T) {
	eachPath(t, func(t *testing.T, path string) {
		s := &Server{}
		r := start(t, path, s)
		first := r.dial() // keeps the server until the other has done all it does
		first.expect(fsm.Accio)
		c := r.dial()
		c.send(header + "payload")
		c.reset()
		first.Close()
		r.wantError(fsm.AwaitConfirm1, fsm.Closed)
		got := r.next()
		if got.State != fsm.Error || got.Event != fsm.Failed || !strings.Contains(got.Hint, "must not close both directions") {
			t.Errorf("%s by %s: %s", got.State, got.Event, got.Explanation())
		}
	})
}

// §1.12
func TestServerIgnoresAResetAfterTheEnd(t *testing.T) {
	eachPath(t, func(t *testing.T, path string) {
		s := &Server{}
		resume := make(chan bool)
		s.Observe = func(tr Transition) {
			if tr.To == fsm.Streaming {
				<-resume
			}
		}
		r := start(t, path, s)
		c := r.dial()
		c.handshake()
		c.send("payload")
		c.CloseWrite()
		c.reset()
		resume <- true
		r.wantDone(7)
	})
}

func TestServerResetWhileStreaming(t *testing.T) {
	eachPath(t, func(t *testing.T, path string) {
		s := &Server{}
		r := start(t, path, s)
		c := r.dial()
		c.handshake()
		c.send("payload")
		for p, _ := r.Progress(); p.Bytes < 7; p, _ = r.Progress() {
			runtime.Gosched()
		}
		c.reset()
		if got := r.wantError(fsm.Streaming, fsm.Failed); got.Bytes != 7 || got.Reason != "the client reset the connection after 7 bytes" {
			t.Errorf("%d bytes, reason %q", got.Bytes, got.Reason)
		}
	})
}

// A flow that was fast and is slow now is seen byte by byte.
func TestSlowBytesAreSeenAfterAFastFlow(t *testing.T) {
	eachPath(t, func(t *testing.T, path string) {
		s := &Server{IdleTimeout: 2 * patience}
		r := start(t, path, s)
		c := r.dial()
		c.handshake()
		block := strings.Repeat("x", 8<<20)
		c.send(block)
		for sent := int64(len(block)); sent < int64(len(block))+5; sent++ {
			for limit := time.Now().Add(patience); ; runtime.Gosched() {
				if p, _ := r.Progress(); p.Bytes == sent {
					break
				}
				if time.Now().After(limit) {
					t.Fatalf("byte %d has not been seen", sent)
				}
			}
			c.send("x")
		}
		c.CloseWrite()
		r.wantDone(int64(len(block)) + 5)
	})
}

// §3.1, §3.4: the result is out, in order, before the client can see our close.
func TestResultComesBeforeOurClose(t *testing.T) {
	eachPath(t, func(t *testing.T, path string) {
		s := &Server{}
		var delivered atomic.Int64
		s.Result = func(result Result) error { delivered.Store(int64(result.Connection)); return nil }
		r := start(t, path, s)
		for i := range 20 {
			c := r.dial()
			c.handshake()
			c.CloseWrite()
			c.expectEnd()
			if got := delivered.Load(); got != int64(i+1) {
				t.Fatalf("the close of connection %d was seen when %d results were delivered", i+1, got)
			}
		}
	})
}

// §4.1, §4.3, on a real clock: never early, and not counting the queue.
func TestServerIdleLimit(t *testing.T) {
	const idle = 100 * time.Millisecond
	eachPath(t, func(t *testing.T, path string) {
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
	const idle = 50 * time.Millisecond
	for _, at := range []fsm.State{fsm.AwaitConfirm1, fsm.SendAccio2, fsm.AwaitConfirm2, fsm.Streaming} {
		t.Run(string(at), func(t *testing.T) {
			eachPath(t, func(t *testing.T, path string) {
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
		for p, _ := r.Progress(); p.Bytes < 4; p, _ = r.Progress() {
			runtime.Gosched()
		}
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

// §1.5: what is kept does not grow with what is received.
func TestServerMemoryIsConstant(t *testing.T) {
	eachPath(t, func(t *testing.T, path string) {
		s := &Server{}
		r := start(t, path, s)
		session := func(size int) uint64 {
			var before, after runtime.MemStats
			block := make([]byte, 1<<20)
			c := r.dial()
			c.handshake()
			runtime.ReadMemStats(&before)
			for range size {
				if _, err := c.Write(block); err != nil {
					t.Fatal(err)
				}
			}
			c.CloseWrite()
			c.expectEnd()
			runtime.ReadMemStats(&after)
			r.wantDone(int64(size) << 20)
			return after.TotalAlloc - before.TotalAlloc
		}
		session(1)
		small, large := session(1), session(512)
		if large > small+256<<10 {
			t.Errorf("512 MiB allocated %d bytes, 1 MiB %d", large, small)
		}
	})
}
