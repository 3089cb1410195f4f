package transport

import (
	"context"
	"fmt"
	"runtime"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"accio/fsm"
)

// hook is called at the yield points of a session: before and after each of
// its calls of the connection, and after each change of state.
type hook func(x *explored, stop context.CancelFunc)

// watched is a scripted connection with yield points.
type watched struct {
	*script
	yield func()
}

func (w *watched) Read(p []byte) (int, error) {
	w.yield()
	defer w.yield()
	return w.script.Read(p)
}

func (w *watched) Discard() (int64, error) {
	w.yield()
	defer w.yield()
	return w.script.Discard()
}

func (w *watched) Write(p []byte) (int, error) {
	w.yield()
	defer w.yield()
	return w.script.Write(p)
}

func (w *watched) SetDeadline(t time.Time) error {
	if t == elapsed {
		defer w.interrupted.Store(true)
		return w.script.SetDeadline(t)
	}
	w.yield()
	defer w.yield()
	return w.script.SetDeadline(t)
}

// explored is a session that was run on a word.
type explored struct {
	seen   []seen // after each input
	result Result
	path   []fsm.Transition
	yields int
	before int // yield points that were passed before the last input
	within int // and before the end of the word
	last   key // at the end of the word
	conn   *script
	err    any // what it panicked with
}

// maxEvents bounds what a session may fire: a broken table can go in circles.
const maxEvents = 50

// explore runs the real loop on a word. It must be called in a bubble. The
// session is stopped at the end of the word if it has not ended.
func explore(table *fsm.Table, w word, at hook) *explored {
	x := &explored{}
	ctx, stop := context.WithCancel(context.Background())
	defer stop()
	conn := newScript()
	x.conn = conn
	began := time.Now()
	s := &session{table: table, idle: idleLimit}
	yield := func() {
		x.yields++
		if at != nil {
			at(x, stop)
		}
	}
	s.conn = &watched{conn, yield}
	s.machine = fsm.NewMachine(table, func(from fsm.State, e fsm.Event, to fsm.State) {
		x.path = append(x.path, fsm.Transition{From: from, Event: e, To: to})
		if len(x.path) > maxEvents {
			panic("more events than any session has")
		}
		yield()
	})
	ended := make(chan struct{})
	run := func() {
		defer close(ended)
		defer func() { x.err = recover() }()
		defer interrupt(ctx, s.conn)()
		x.result = s.conclude(ctx, Result{Started: began})
	}
	started := false
	for i, in := range w.inputs {
		if !started && !(i == 0 && w.early) {
			go run()
			started = true
		}
		if started && x.look(conn, s, ended) {
			break
		}
		x.before = x.within
		in.do(conn, stop)
	}
	if !started {
		go run()
	}
	if len(x.seen) == 0 || !x.seen[len(x.seen)-1].ended {
		x.look(conn, s, ended)
	}
	stop()
	conn.stall(-1)
	<-ended
	if conn.timer != nil {
		conn.timer.Stop()
	}
	return x
}

// look waits until nothing moves and notes what is to be seen.
func (x *explored) look(conn *script, s *session, ended chan struct{}) bool {
	synctest.Wait()
	now := seen{written: len(conn.sent()), bytes: s.payload.Load()}
	for _, tr := range x.path {
		now.events += string(tr.Event) + " "
	}
	select {
	case <-ended:
		now.ended = true
	default:
	}
	x.seen = append(x.seen, now)
	conn.mu.Lock() // so that this comes before whatever the session does next
	defer conn.mu.Unlock()
	x.within = x.yields
	x.last = x.key(s)
	return now.ended
}

func (in input) do(conn *script, stop context.CancelFunc) {
	switch in.what {
	case 'e':
		conn.end()
	case 'r':
		conn.reset()
	case 's':
		stop()
	case 'w':
		conn.stall(0)
	case 'o':
		conn.stall(-1)
	default:
		if in.bytes != "" {
			conn.arrive(in.bytes)
		}
		time.Sleep(in.pause)
	}
}

// differs says in what the session differs from what is expected, or nothing.
func (x *explored) differs(w word) string {
	want, last := expect(w)
	if x.err != nil {
		return fmt.Sprintf("%s: %v", w, x.err)
	}
	for i := range min(len(want), len(x.seen)) {
		if x.seen[i] != want[i] {
			return fmt.Sprintf("%s: after %d inputs %v, want %v", w, i, x.seen[i], want[i])
		}
	}
	if len(want) != len(x.seen) {
		return fmt.Sprintf("%s: ended after %d inputs, want %d", w, len(x.seen), len(want))
	}
	if !last.ended {
		return ""
	}
	state := fsm.Error
	if strings.HasSuffix(last.events, "confirmed closed ") {
		state = fsm.Done
	}
	if x.result.State != state || x.result.Bytes != last.bytes {
		return fmt.Sprintf("%s: result %s with %d bytes, want %s with %d", w, x.result.State, x.result.Bytes, state, last.bytes)
	}
	return ""
}

// Every word, to depth 5, and to depth 7 in the longer run; the processors
// share them.
func TestEveryWord(t *testing.T) {
	shares := runtime.GOMAXPROCS(0)
	for share := range shares {
		t.Run(strconv.Itoa(share), func(t *testing.T) {
			t.Parallel()
			began, all, mine := time.Now(), 0, 0
			synctest.Test(t, func(t *testing.T) {
				words(deep(5, 7), func(w word, maximal bool) {
					if !maximal {
						return
					}
					if all++; all%shares != share {
						return
					}
					mine++
					if d := explore(&fsm.Server, w, nil).differs(w); d != "" {
						t.Error(d)
					}
				})
			})
			t.Logf("%d of %d sessions to depth %d in %s", mine, all, deep(5, 7), time.Since(began).Round(time.Millisecond))
		})
	}
}
