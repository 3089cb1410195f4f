package transport

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"accio/explore"
	"accio/fsm"
	"accio/protocol"
)

// §5.6: so many at a time, the others in the order in which they came, and lines in that
// in which they end.
func TestServerOfSomePlaces(t *testing.T) {
	t.Parallel()
	eachPath(t, func(t *testing.T, path string) {
		r := start(t, path, &Server{Table: &protocol.Server, Concurrency: 3})
		var clients []*peer
		for range 6 {
			clients = append(clients, r.dial())
		}
		for _, c := range clients[:3] {
			c.handshake()
		}
		waits := func(c *peer) {
			t.Helper()
			c.SetReadDeadline(time.Now().Add(5 * time.Millisecond))
			if n, _ := c.Read(make([]byte, 1)); n > 0 {
				t.Error("more are served than there are places")
			}
			c.SetReadDeadline(time.Now().Add(patience))
		}
		waits(clients[3])
		var numbers []uint64
		for _, i := range []int{1, 2, 0} {
			clients[i].send(strings.Repeat("x", i))
			clients[i].Close()
			if got := r.next(); got.Bytes != int64(i) || !got.Good {
				t.Errorf("client %d: %+v", i+1, got)
			} else {
				numbers = append(numbers, got.Connection)
			}
			next := clients[3+len(numbers)-1]
			next.expect(protocol.Accio)
		}
		if !slices.Equal(numbers, []uint64{2, 3, 1}) {
			t.Errorf("they ended in the order %v", numbers)
		}
		n := 0
		for p := range r.Serving() {
			if n++; p.State != protocol.AwaitConfirm1 && p.State != protocol.SendAccio1 || p.Connection < 4 {
				t.Errorf("%+v", p)
			}
		}
		if p, ok := r.Progress(); n != 3 || !ok || p.Connection != 4 {
			t.Errorf("%d in service, first of all %+v", n, p)
		}
		for range r.Serving() {
			break // whoever has seen enough
		}
	})
}

// §6.4, §5.3, of some places: all are ended, each with a line, and no other.
func TestShutdownOfSomePlaces(t *testing.T) {
	t.Parallel()
	eachPath(t, func(t *testing.T, path string) {
		r := start(t, path, &Server{Table: &protocol.Server, Concurrency: 3, IdleTimeout: time.Hour})
		var clients []*peer
		for range 5 {
			clients = append(clients, r.dial())
		}
		for _, c := range clients[:3] {
			c.handshake()
		}
		r.stop()
		for range 3 {
			if got := r.next(); got.Event != fsm.Shutdown {
				t.Errorf("%+v", got)
			}
		}
		for _, c := range clients {
			c.expectEnd()
		}
		r.wantEnd()
		if len(r.results) > 0 {
			t.Errorf("one more: %+v", <-r.results)
		}
	})
}

// Where each connection has a goroutine, nobody waits for a result of another's that takes
// long, but for his own.
func TestABlockedResultBlocksNobodyElse(t *testing.T) {
	t.Parallel()
	for _, limits := range []Limits{{}, {Bytes: 1000}} {
		blocked, goOn := make(chan bool, 3), make(chan bool)
		r := start(t, "portable", &Server{Table: &protocol.Server, Concurrency: 3, Limits: limits, Result: func(Result) error {
			blocked <- true
			<-goOn
			return nil
		}})
		defer close(goOn)
		c := r.dial()
		c.handshake()
		c.CloseWrite()
		select {
		case <-blocked:
		case <-time.After(patience):
			t.Fatal("no result")
		}
		r.dial().expect(protocol.Accio)
	}
}

// §6.12: those in service go on, nobody else is accepted, and the server ends with them.
func TestServerDrains(t *testing.T) {
	t.Parallel()
	for _, places := range []int{1, 2} {
		eachPath(t, func(t *testing.T, path string) {
			r := start(t, path, &Server{Table: &protocol.Server, Concurrency: places, IdleTimeout: time.Hour})
			var clients []*peer
			for range places {
				c := r.dial()
				c.handshake()
				clients = append(clients, c)
			}
			queued := r.dial()
			for range 2 {
				r.Drain()
			}
			queued.expectEnd()
			for i, c := range clients {
				select {
				case err := <-r.served:
					t.Fatalf("Serve has returned %v with %d in service", err, len(clients)-i)
				default:
				}
				c.send("late")
				c.CloseWrite()
				r.wantDone(4)
				c.expectEnd()
			}
			r.wantEnd()
		})
	}
}

// A drain that begins before the server, or while nobody is there, ends it at once; and
// so does a shutdown in the drain.
func TestDrainOfNobody(t *testing.T) {
	t.Parallel()
	for _, places := range []int{1, 2} {
		eachPath(t, func(t *testing.T, path string) {
			early := &Server{Table: &protocol.Server, Concurrency: places}
			early.Drain()
			for _, s := range []*Server{early, {Table: &protocol.Server, Concurrency: places}} {
				r := start(t, path, s)
				s.Drain()
				r.wantEnd()
			}
			r := start(t, path, &Server{Table: &protocol.Server, Concurrency: places, IdleTimeout: time.Hour})
			c := r.dial()
			c.handshake()
			r.Drain()
			r.stop()
			if got := r.next(); got.Event != fsm.Shutdown {
				t.Errorf("%+v", got)
			}
			c.expectEnd()
		})
	}
}

// §6.13: so many are accepted, in service at the same time or not, and no more.
func TestServerOfSoManyConnections(t *testing.T) {
	t.Parallel()
	for _, places := range []int{1, 2, 5} {
		eachPath(t, func(t *testing.T, path string) {
			r, serve := prepare(t, path, &Server{Table: &protocol.Server, Concurrency: places, Most: 3})
			var clients []*peer
			for range 5 {
				clients = append(clients, r.dial())
			}
			serve()
			for i, c := range clients[:3] {
				c.handshake()
				c.send(strings.Repeat("x", i))
				c.CloseWrite()
				r.wantDone(int64(i))
			}
			r.wantEnd()
			for _, c := range clients[3:] {
				c.expectEnd()
			}
		})
	}
}

// A result that cannot be delivered is the last: the others in service are ended without.
func TestSomePlacesEndWhenAResultCannotBeDelivered(t *testing.T) {
	t.Parallel()
	eachPath(t, func(t *testing.T, path string) {
		told := 0
		r := start(t, path, &Server{Table: &protocol.Server, Concurrency: 3, IdleTimeout: time.Hour, Result: func(Result) error { told++; return errBroken }})
		var clients []*peer
		for range 3 {
			c := r.dial()
			c.handshake()
			clients = append(clients, c)
		}
		clients[1].Close()
		if err := <-r.served; !errors.Is(err, errBroken) || told != 1 {
			t.Errorf("Serve: %v after %d results, want %v", err, told, errBroken)
		}
		r.served <- nil
		for _, c := range []*peer{clients[0], clients[2]} {
			c.expectEnd()
		}
	})
}

// Actions of a table's own wait, each for its own connection.
func TestOwnActionsOfSomePlaces(t *testing.T) {
	t.Parallel()
	eachPath(t, func(t *testing.T, path string) {
		r := start(t, path, &Server{Table: &lines, Do: doLines, Concurrency: 3})
		var clients []*peer
		for range 3 {
			c := r.dial()
			c.expect("hello\n")
			clients = append(clients, c)
		}
		for i, c := range clients { // an action that is left in its midst goes on there
			c.send("echo\n")
			c.expect("echo: ")
			c.send(fmt.Sprint(i))
			c.expect(fmt.Sprint(i))
		}
		for _, c := range clients {
			c.send("de")
			c.expect("de")
			c.expect("ok\n")
			c.send("ke")
		}
		for i := range clients {
			c := clients[len(clients)-1-i]
			c.send("ep\n" + strings.Repeat("x", i) + "\n")
		}
		for i := range clients {
			c := clients[len(clients)-1-i]
			c.send(".\n")
			if len(r.results) > 0 {
				t.Fatalf("%+v", <-r.results)
			}
			c.expect("kept\n")
			c.send("quit\nbye\n")
			if got := r.next(); got.Bytes != int64(i+1) || !got.Good || got.Connection != uint64(len(clients)-i) {
				t.Errorf("%+v", got)
			}
			c.expectEnd()
		}
		c := r.dial()
		c.expect("hello\n")
		c.send("keep\n")
		r.stop()
		if got := r.next(); got.Event != fsm.Shutdown || got.Bytes != 0 {
			t.Errorf("%+v", got)
		}
	})
}

// What one place has counted and read is no other's: many clients at once, each with a
// payload of its own length.
func TestPlacesShareNothing(t *testing.T) {
	t.Parallel()
	eachPath(t, func(t *testing.T, path string) {
		const clients = 60
		r := start(t, path, &Server{Table: &protocol.Server, Concurrency: 7})
		done := make(chan error, clients)
		for i := range clients {
			c := r.dial()
			go func() {
				_, err := fmt.Fprint(c, header, strings.Repeat("z", i*1000))
				if err == nil {
					err = c.CloseWrite()
				}
				done <- err
			}()
		}
		var sizes []int64
		for range clients {
			if err := <-done; err != nil {
				t.Error(err)
			}
			got := r.next()
			if !got.Good {
				t.Errorf("%+v", got)
			}
			sizes = append(sizes, got.Bytes/1000)
		}
		slices.Sort(sizes)
		for i, n := range sizes {
			if n != int64(i) {
				t.Fatalf("counted %v", sizes)
			}
		}
	})
}

// lateToClose is a listener of scripted connections whose Close takes its time.
type lateToClose struct{ *turns }

func (l lateToClose) Close() error {
	time.Sleep(time.Second)
	return l.turns.Close()
}

// A place that is free because of the shutdown is nobody's any more.
func TestNobodyIsAcceptedAfterTheShutdown(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, stop := context.WithCancel(t.Context())
		results := 0
		s := &Server{Table: &protocol.Server, Concurrency: 2, Result: func(Result) error { results++; stop(); return nil }}
		conns := []*explore.Conn{explore.NewConn(), explore.NewConn(), explore.NewConn(), explore.NewConn()}
		conns[0].End()
		if err := s.Serve(ctx, lateToClose{newTurns(conns...)}); err != nil || results != 2 || !s.Closed() {
			t.Errorf("%v, %d results", err, results)
		}
	})
}

// What does not pass ends the service of those who have places, too.
func TestSomePlacesEndWithTheListener(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var results []Result
		s := &Server{Table: &protocol.Server, Concurrency: 3, IdleTimeout: time.Hour, Result: func(r Result) error { results = append(results, r); return nil }}
		began := time.Now()
		err := s.Serve(t.Context(), &thenBroken{newTurns(explore.NewConn()), 1})
		if !errors.Is(err, errBroken) || len(results) != 1 || results[0].Event != fsm.Shutdown || time.Since(began) > 0 {
			t.Errorf("%v after %s, %+v", err, time.Since(began), results)
		}
	})
}

// thenBroken is a listener that fails after so many connections.
type thenBroken struct {
	*turns
	left int
}

func (l *thenBroken) Accept() (Incoming, error) {
	if l.left--; l.left < 0 {
		return nil, errBroken
	}
	return l.turns.Accept()
}
