package transport

import (
	"context"
	"fmt"
	"runtime"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"accio/fsm"
	"accio/internal/require"
)

// injected is a session in which something happened at a yield point.
type injected struct {
	*explored
	what   string
	word   word
	events int // fired before it happened
	before fsm.State
	when   time.Time
}

// inject runs the word and calls f at the nth yield point. A session counts for
// the failures where that was done.
func inject(failures *shortest, what string, w word, n int, f func(*script, context.CancelFunc)) *injected {
	table, in := &fsm.Server, &injected{what: what, word: w}
	in.explored = explore(table, w, func(x *explored, stop context.CancelFunc) {
		if x.yields != n {
			return
		}
		f(x.conn, stop)
		failures.ran()
		for what == "shutdown" && !x.conn.interrupted.Load() {
			runtime.Gosched() // until it has done all it does
		}
		in.when = time.Now()
		in.before = table.Initial
		if in.events = len(x.path); in.events > 0 {
			in.before = x.path[in.events-1].To
		}
	})
	return in
}

func (x *injected) failf(failures *shortest, n int, format string, args ...any) {
	failures.failf(append(x.word.rank(), n), "%s: %s at yield point %d: %s; events %v",
		x.word, x.what, n, fmt.Sprintf(format, args...), x.path)
}

// yieldPoints is how many injections there are to depth 4. It changes with the
// words, and with how often the loop calls the connection.
const yieldPoints = 6626

// injections calls f for each yield point that a word adds to the word without
// its last input, for every word to depth 4; so each is met once.
func injections(t *testing.T, f func(w word, n int)) {
	synctest.Test(t, func(t *testing.T) {
		words(4, func(w word, _ bool) {
			plain := explore(&fsm.Server, w, nil)
			for n := plain.before + 1; n <= plain.within; n++ {
				f(w, n)
			}
		})
	})
}

// §6.4: whenever a shutdown comes, it is the next event, and no time passes.
func TestShutdownAtEveryYieldPoint(t *testing.T) {
	t.Parallel()
	var failures shortest
	injections(t, func(w word, n int) {
		x := inject(&failures, "shutdown", w, n, func(_ *script, stop context.CancelFunc) { stop() })
		switch {
		case x.err != nil:
			x.failf(&failures, n, "%v", x.err)
		case fsm.Server.IsTerminal(x.before):
			if len(x.path) != x.events {
				x.failf(&failures, n, "an event after the end")
			}
		case len(x.path) != x.events+1 || x.path[x.events].Event != fsm.Shutdown:
			x.failf(&failures, n, "the next event is not the last, or not shutdown")
		case x.result.State != fsm.Error || x.result.Event != fsm.Shutdown:
			x.failf(&failures, n, "result %s by %s", x.result.State, x.result.Event)
		case !x.seen[len(x.seen)-1].ended:
			x.failf(&failures, n, "the session goes on")
		case x.result.Started.Add(x.result.Elapsed) != x.when:
			x.failf(&failures, n, "it took %s", x.result.Started.Add(x.result.Elapsed).Sub(x.when))
		}
	})
	failures.report(t, yieldPoints)
}

// §2.4, §2.6: whenever a reset comes, what arrived before it still counts, no
// time passes, and it never looks like an end of the stream.
func TestResetAtEveryYieldPoint(t *testing.T) {
	t.Parallel()
	var failures shortest
	injections(t, func(w word, n int) {
		ended, shut, commands := false, false, 0
		x := inject(&failures, "reset", w, n, func(conn *script, _ context.CancelFunc) {
			conn.change(func() {
				ended, shut, commands = conn.ended, conn.room == 0, len(conn.written)/len(fsm.Accio)
				if conn.broken == nil {
					conn.broken = syscall.ECONNRESET
				}
			})
		})
		bytes := int64(0) // a command that the reset keeps back keeps all of them back
		if ended || commands == 2 {
			_, last := expect(w)
			bytes = last.bytes
		}
		switch {
		case x.err != nil:
			x.failf(&failures, n, "%v", x.err)
		case ended && shut: // the peer neither takes nor sends anything
		case !x.seen[len(x.seen)-1].ended:
			x.failf(&failures, n, "the session goes on")
		case x.result.Started.Add(x.result.Elapsed).After(x.when):
			x.failf(&failures, n, "it took %s", x.result.Started.Add(x.result.Elapsed).Sub(x.when))
		case x.result.Bytes != bytes:
			x.failf(&failures, n, "%d bytes are counted, want %d", x.result.Bytes, bytes)
		case x.result.State == fsm.Done && !ended:
			x.failf(&failures, n, "Done although the stream has not ended")
		case !ended && len(x.path) > x.events && x.result.Event != fsm.Failed && x.result.Event != fsm.Mismatched &&
			x.result.Event != fsm.Shutdown && x.result.Event != fsm.TimedOut:
			x.failf(&failures, n, "ended by %s", x.result.Event)
		}
	})
	failures.report(t, yieldPoints)
}

// Whenever writing begins to fail, the next write ends the session in Error,
// and nothing else changes.
func TestWriteFailureAtEveryYieldPoint(t *testing.T) {
	t.Parallel()
	var failures shortest
	refused := 0
	synctest.Test(t, func(t *testing.T) {
		words(4, func(w word, maximal bool) {
			if !maximal {
				return
			}
			plain := explore(&fsm.Server, w, nil)
			for n := 1; n <= plain.within; n++ {
				x := inject(&failures, "write failure", w, n, func(conn *script, _ context.CancelFunc) {
					conn.change(func() { conn.deaf = syscall.EPIPE })
				})
				refused += x.conn.refused
				switch {
				case x.err != nil:
					x.failf(&failures, n, "%v", x.err)
				case x.conn.refused > 1:
					x.failf(&failures, n, "wrote %d times more", x.conn.refused-1)
				case x.conn.refused == 1 && (x.result.State != fsm.Error || x.result.Event != fsm.Failed && x.result.Event != fsm.Shutdown):
					x.failf(&failures, n, "result %s by %s", x.result.State, x.result.Event)
				case x.conn.refused == 0 && x.differs(w) != nil:
					x.failf(&failures, n, "no write has failed, and yet: %s", x.differs(w))
				}
			}
		})
	})
	failures.report(t, 32180) // every yield point of each maximal word
	require.Ran(t, "writes that fail", refused, 17889)
}
