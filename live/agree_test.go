package live

import (
	"context"
	"io"
	"math/rand/v2"
	"net"
	"strings"
	"sync"
	"testing"
	"time"

	"accio/fsm"
	"accio/internal/require"
	"accio/protocol"
	"accio/transport"
)

// truth is what a server itself said, as its log and its standard output do.
type truth struct {
	sync.Mutex
	taken      map[fsm.Transition]uint64
	ok, failed uint64
	bytes      int64
}

func (w *truth) watch(s *transport.Server) {
	w.taken = map[fsm.Transition]uint64{}
	observe, result := s.Observe, s.Result
	s.Observe = func(tr transport.Transition) {
		observe(tr)
		w.Lock()
		defer w.Unlock()
		w.taken[fsm.Transition{From: tr.From, Event: tr.Event, To: tr.To}]++
	}
	s.Result = func(r transport.Result) error {
		err := result(r)
		w.Lock()
		defer w.Unlock()
		if r.State == protocol.Done {
			w.ok++
		} else {
			w.failed++
		}
		w.bytes += r.Bytes
		return err
	}
}

func (w *truth) ended() uint64 {
	w.Lock()
	defer w.Unlock()
	return w.ok + w.failed
}

// sessionKinds are what clients do, and go on doing until their connection ends.
var sessionKinds = []func(c *net.TCPConn){
	func(c *net.TCPConn) { send(c, protocol.Confirm1+protocol.Confirm2+"payload"); c.CloseWrite() },
	func(c *net.TCPConn) {
		send(c, protocol.Confirm1+protocol.Confirm2+strings.Repeat("x", 1<<17))
		c.CloseWrite()
	},
	func(c *net.TCPConn) { send(c, protocol.Confirm1+protocol.Confirm2); c.CloseWrite() },
	func(c *net.TCPConn) { send(c, "junk") },
	func(c *net.TCPConn) { send(c, protocol.Confirm1+"junk") },
	func(c *net.TCPConn) { c.CloseWrite() },
	func(c *net.TCPConn) { send(c, protocol.Confirm1); c.CloseWrite() },
	func(c *net.TCPConn) { send(c, protocol.Confirm1+protocol.Confirm2+"part"); c.SetLinger(0); c.Close() },
	func(*net.TCPConn) {}, // times out
	func(c *net.TCPConn) { send(c, protocol.Confirm1+protocol.Confirm2+"part") },
}

func send(c net.Conn, text string) { io.WriteString(c, text) }

// Page, stream, metrics and what the server said agree to the digit after any
// sessions, with a page open all the while.
func TestEverythingAgrees(t *testing.T) {
	ctx, stop := context.WithCancel(t.Context())
	ln, err := transport.Listen(ctx, 0)
	if err != nil {
		t.Fatal(err)
	}
	server := &transport.Server{Table: &protocol.Server, IdleTimeout: 20 * time.Millisecond, Result: func(transport.Result) error { return nil }}
	page := serve(t, ctx, server, ln)
	var said truth
	said.watch(server)
	l := listen(t, page)
	if event, _ := l.next(); event != "snapshot" {
		t.Fatal(event)
	}
	served := make(chan error, 1)
	go func() { served <- server.Serve(ctx, ln) }()
	defer func() {
		stop()
		if err := <-served; err != nil {
			t.Error(err)
		}
	}()

	const sessions = 400
	random := rand.New(rand.NewPCG(5, 713))
	var played [10]int
	for range sessions {
		c, err := net.DialTCP("tcp4", nil, &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1), Port: int(ln.Addr().Port())})
		if err != nil {
			t.Fatal(err)
		}
		c.SetDeadline(time.Now().Add(patience))
		kind := random.IntN(len(sessionKinds))
		if kind >= 8 && random.IntN(4) > 0 {
			kind = 0
		}
		played[kind]++
		sessionKinds[kind](c)
		io.Copy(io.Discard, c)
		c.Close()
	}
	for deadline := time.Now().Add(patience); said.ended() < sessions; time.Sleep(time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("%d sessions have ended", said.ended())
		}
	}

	var state, streamed Snapshot
	getJSON(t, page, "/api/state", &state)
	recent, dropped := 0, false
	for streamed.Connections.OK+streamed.Connections.Error < sessions {
		_, streamed = l.next()
		recent, dropped = recent+len(streamed.Recent), dropped || streamed.Dropped
	}
	if recent != sessions && !dropped {
		t.Errorf("the stream told of %d connections", recent)
	}
	_, metrics := get(t, page, "/metrics")
	said.Lock()
	defer said.Unlock()
	if said.ok == 0 || said.failed == 0 || said.ok+said.failed != sessions { // a machine that is slow makes some time out
		t.Errorf("%d, %d", said.ok, said.failed)
	}
	compared := 0
	for name, s := range map[string]Snapshot{"state": state, "stream": streamed} {
		if s.Connections != (Connections{said.ok, said.failed}) || s.Bytes != said.bytes || len(s.Serving) != 0 {
			t.Errorf("%s: %+v and %d bytes, want %d, %d and %d", name, s.Connections, s.Bytes, said.ok, said.failed, said.bytes)
		}
		compared += len(s.Transitions)
		for _, c := range s.Transitions {
			if want := said.taken[fsm.Transition{From: c.From, Event: c.Event, To: c.To}]; c.Count != want {
				t.Errorf("%s: %+v, want %d", name, c, want)
			}
		}
	}
	require.Ran(t, "transitions", compared, 2*29)
	if want := [...]int{83, 34, 44, 45, 54, 42, 38, 43, 11, 6}; played != want {
		t.Errorf("played %v, want %v", played, want)
	}
	wantMetrics(t, metrics, &said)
}
