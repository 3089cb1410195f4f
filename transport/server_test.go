package transport

import (
	"bytes"
	"math/rand/v2"
	"runtime"
	"strings"
	"sync/atomic"
	"testing"

	"accio/fsm"
	"accio/protocol"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

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
			Table:    &protocol.Server,
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
			if got := <-accepted; got != want || end.Connection != uint64(i+1) || end.Remote.String() != c.LocalAddr().String() {
				t.Errorf("told of %+v, want %+v of %s", got, want, c.LocalAddr())
			}
		}
	})
}

// §1.5, §1.6, §1.8: counts are right whatever the size and the segmentation.
func TestServerCounts(t *testing.T) {
	t.Parallel()
	eachPath(t, func(t *testing.T, path string) {
		s := &Server{Table: &protocol.Server}
		r := start(t, path, s)
		random := rand.New(rand.NewPCG(4, 713))
		for _, size := range []int{0, 1, 2, 500, 65535, 65536, 65537, 1 << 20, 1<<20 + 1, 10 << 20} {
			for _, most := range []int{1 << 30, 1 << 16, 1000} {
				if most < 1<<16 && size > 1<<20 {
					continue
				}
				c := r.dial()
				c.expect(protocol.Accio)
				stream := append([]byte(header), bytes.Repeat([]byte("\r"), size)...)
				for len(stream) > 0 {
					n := min(len(stream), 1+random.IntN(most))
					c.send(string(stream[:n]))
					stream = stream[n:]
				}
				c.CloseWrite()
				c.expect(protocol.Accio)
				c.expectEnd()
				r.wantDone(int64(size))
			}
		}
	})
}

// §1.9
func TestServerTakesWhatCameEarly(t *testing.T) {
	eachPath(t, func(t *testing.T, path string) {
		s := &Server{Table: &protocol.Server}
		r := start(t, path, s)
		c := r.dial()
		c.send(header + "payload")
		c.CloseWrite()
		c.expect(protocol.Accio + protocol.Accio)
		r.wantDone(7)
	})
}

// §1.10: the client's system resets at once, as there is something that the
// client has not read.
func TestServerSaysWhenBothDirectionsWereClosed(t *testing.T) {
	eachPath(t, func(t *testing.T, path string) {
		s := &Server{Table: &protocol.Server}
		r := start(t, path, s)
		first := r.dial() // keeps the server until the other has done all it does
		first.expect(protocol.Accio)
		c := r.dial()
		c.send(header + "payload")
		c.reset()
		first.Close()
		r.wantError(protocol.AwaitConfirm1, fsm.Closed)
		got := r.next()
		if got.State != protocol.Error || got.Event != fsm.Failed || !strings.Contains(got.Hint, "closes, or dies, before it has read both commands") {
			t.Errorf("%s by %s: %s", got.State, got.Event, got.Explanation())
		}
	})
}

// §1.12
func TestServerIgnoresAResetAfterTheEnd(t *testing.T) {
	eachPath(t, func(t *testing.T, path string) {
		s := &Server{Table: &protocol.Server}
		resume := make(chan bool)
		s.Observe = func(tr Transition) {
			if tr.To == protocol.Streaming {
				<-resume
			}
		}
		r := start(t, path, s)
		c := r.dial()
		c.handshake()
		c.send("payload")
		c.CloseWrite()
		c.reset()
		select {
		case resume <- true:
			r.wantDone(7)
		case got := <-r.results:
			t.Errorf("%s by %s (%s) before Streaming", got.State, got.Event, got.Explanation())
		}
	})
}

func TestServerResetWhileStreaming(t *testing.T) {
	eachPath(t, func(t *testing.T, path string) {
		s := &Server{Table: &protocol.Server}
		r := start(t, path, s)
		c := r.dial()
		c.handshake()
		c.send("payload")
		r.counts(7)
		c.reset()
		if got := r.wantError(protocol.Streaming, fsm.Failed); got.Bytes != 7 || got.Reason != "the client reset the connection after 7 bytes" {
			t.Errorf("%d bytes, reason %q", got.Bytes, got.Reason)
		}
	})
}

// §3.1, §3.4: the result is out, in order, before the client can see our close.
func TestResultComesBeforeOurClose(t *testing.T) {
	eachPath(t, func(t *testing.T, path string) {
		s := &Server{Table: &protocol.Server}
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

// §1.5: what is kept does not grow with what is received.
func TestServerMemoryIsConstant(t *testing.T) {
	eachPath(t, func(t *testing.T, path string) {
		s := &Server{Table: &protocol.Server}
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
		small, large := session(1), session(128)
		if large > small+256<<10 {
			t.Errorf("128 MiB allocated %d bytes, 1 MiB %d", large, small)
		}
	})
}
