package transport

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/netip"
	"os"
	"runtime"
	"testing"
	"time"

	"accio/fsm"
	"accio/internal/require"
	"accio/protocol"
)

// paths are the ways to listen; every test on real sockets takes each of them.
var paths = map[string]func(context.Context, int) (Listener, error){"portable": everywhere(listenPortable)}

// everywhere makes a way to listen one on all addresses of IPv4.
func everywhere(listen func(context.Context, Address) (Listener, error)) func(context.Context, int) (Listener, error) {
	return func(ctx context.Context, port int) (Listener, error) {
		return listen(ctx, Address{AddrPort: netip.AddrPortFrom(netip.IPv4Unspecified(), uint16(port))})
	}
}

func eachPath(t *testing.T, test func(t *testing.T, path string)) {
	want := 1
	if runtime.GOOS == "linux" {
		want = 2
	}
	require.Ran(t, "paths", len(paths), want)
	for name := range paths {
		t.Run(name, func(t *testing.T) { test(t, name) })
	}
}

// patience bounds every wait on a real socket.
const patience = 10 * time.Second

// patiently runs what can fail as the machine is too slow for a limit once more
// with a longer one. What is wrong otherwise stays wrong.
func patiently(t *testing.T, run func(limit time.Duration) error) {
	t.Helper()
	var err error
	for _, limit := range []time.Duration{100 * time.Millisecond, time.Second, patience / 2} {
		if err = run(limit); err == nil {
			return
		}
	}
	t.Error(err)
}

// running is a server on a loopback port.
type running struct {
	*Server
	t       *testing.T
	ln      Listener
	watch   *watch // what a server of one place sees of ln
	results chan Result
	ctx     context.Context
	stop    context.CancelFunc
	served  chan error
}

func start(t *testing.T, path string, s *Server) *running {
	t.Helper()
	r, serve := prepare(t, path, s)
	serve()
	return r
}

// prepare starts a server that does not serve yet: what its clients do first
// waits in the queue.
func prepare(t *testing.T, path string, s *Server) (r *running, serve func()) {
	t.Helper()
	ctx, stop := context.WithCancel(context.Background())
	ln, err := paths[path](ctx, 0)
	if err != nil {
		t.Fatal(err)
	}
	r = &running{Server: s, t: t, ln: ln, watch: newWatch(ln), results: make(chan Result, 100), ctx: ctx, stop: stop, served: make(chan error, 1)}
	if s.Result == nil {
		s.Result = func(result Result) error { r.results <- result; return nil }
	}
	t.Cleanup(func() {
		stop()
		select {
		case err := <-r.served:
			if err != nil {
				t.Errorf("Serve: %v", err)
			}
			s.Drain() // which has nothing to end any more, and nobody to wake
			if s.drain.end != nil || s.drain.wake != nil {
				t.Error("a drain would end what may be another's")
			}
		case <-time.After(patience):
			t.Error("Serve did not return")
		}
	})
	if s.Concurrency > 1 {
		return r, func() { go func() { r.served <- s.Serve(ctx, ln) }() }
	}
	return r, func() { go func() { r.served <- s.Serve(ctx, r.watch) }() }
}

func (r *running) address() string { return fmt.Sprintf("127.0.0.1:%d", r.ln.Addr().Port()) }

func (r *running) dial() *peer {
	r.t.Helper()
	c, err := net.DialTimeout("tcp4", r.address(), patience)
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

// counts waits until the server has counted so many bytes of a connection.
func (r *running) counts(bytes int64) {
	r.t.Helper()
	var counted int64
	r.watch.until(func() bool {
		p, _ := r.Progress()
		counted = p.Bytes
		return counted == bytes || len(r.results) > 0
	})
	if counted != bytes {
		r.t.Fatalf("%d bytes have been counted, want %d; %d sessions have ended", counted, bytes, len(r.results))
	}
}

// wantEnd waits for Serve to return; it must return nil.
func (r *running) wantEnd() {
	r.t.Helper()
	select {
	case err := <-r.served:
		r.served <- nil
		if err != nil {
			r.t.Errorf("Serve: %v", err)
		}
	case <-time.After(patience):
		r.t.Fatal("Serve did not return")
	}
}

func (r *running) wantDone(bytes int64) {
	r.t.Helper()
	if got := r.next(); got.State != protocol.Done || got.Bytes != bytes {
		r.t.Errorf("%s with %d bytes (%s), want Done with %d", got.State, got.Bytes, got.Explanation(), bytes)
	}
}

func (r *running) wantError(from fsm.State, event fsm.Event) Result {
	r.t.Helper()
	got := r.next()
	if got.State != protocol.Error || got.From != from || got.Event != event {
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
	if rest, err := io.ReadAll(p); len(rest) > 0 || errors.Is(err, os.ErrDeadlineExceeded) {
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
	p.expect(protocol.Accio)
	p.send(protocol.Confirm1)
	p.expect(protocol.Accio)
	p.send(protocol.Confirm2)
}

func (p *peer) reset() {
	p.SetLinger(0)
	p.Close()
}
