package transport

import (
	"context"
	"fmt"
	"runtime"
	"testing"
	"testing/synctest"
	"time"

	"accio/fsm"
	"accio/internal/require"
)

// injected is a session in which something happened at a yield point.
type injected struct {
	*explored
	on     string
	what   string
	word   word
	events int // fired before it happened
	before fsm.State
	when   time.Time
}

// inject runs the word and calls f at the nth yield point. A session counts for
// the failures where that was done.
func inject(failures *shortest, on, what string, w word, n int, f func(ground, context.CancelFunc)) *injected {
	table, in := &fsm.Server, &injected{on: on, what: what, word: w}
	in.explored = explore(on, table, w, func(x *explored, stop context.CancelFunc) {
		if x.yields != n {
			return
		}
		f(x.conn, stop)
		failures.ran()
		for what == "shutdown" && !x.conn.interrupted() {
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
	failures.failf(append(x.word.rank(), n), "%s, %s: %s at yield point %d: %s; events %v",
		x.on, x.word, x.what, n, fmt.Sprintf(format, args...), x.path)
}

// injected are the depths to which words are injected into, and how many
// injections there are at the points that the last input adds, at all points of
// the maximal words, and how many writes those make fail. It changes with the
// words, and with how often the loop calls the connection, or that the system.
var injections = map[string]struct{ depth, added, all, refused int }{
	"scripted": {4, 6626, 32180, 17889},
	"fast":     {deep(3, 4), deep(3039, 13811), deep(9775, 55023), deep(4191, 26794)},
}

// eachAddedPoint calls f for each yield point that a word adds to the word
// without its last input, for every word to the depth; so each is met once.
func eachAddedPoint(t *testing.T, on string, f func(w word, n int)) {
	synctest.Test(t, func(t *testing.T) {
		wordsOn(on, injections[on].depth, func(w word, _ bool) {
			plain := explore(on, &fsm.Server, w, nil)
			for n := plain.before + 1; n <= plain.within; n++ {
				f(w, n)
			}
		})
	})
}

// §6.4: whenever a shutdown comes, it is the next event, and no time passes.
func TestShutdownAtEveryYieldPoint(t *testing.T) {
	t.Parallel()
	eachGround(t, shutdownAtEveryYieldPoint)
}

func shutdownAtEveryYieldPoint(t *testing.T, on string) {
	var failures shortest
	eachAddedPoint(t, on, func(w word, n int) {
		x := inject(&failures, on, "shutdown", w, n, func(_ ground, stop context.CancelFunc) { stop() })
		switch {
		case x.err != nil:
			x.failf(&failures, n, "%v", x.err)
		case x.conn.session() == nil: // the listener was shut before it had accepted
			if len(x.path) > 0 || n != 1 {
				x.failf(&failures, n, "there is no session")
			}
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
	failures.report(t, injections[on].added)
}

// §2.4, §2.6: whenever a reset comes, what arrived before it still counts, no
// time passes, and it never looks like an end of the stream.
func TestResetAtEveryYieldPoint(t *testing.T) {
	t.Parallel()
	eachGround(t, resetAtEveryYieldPoint)
}

func resetAtEveryYieldPoint(t *testing.T, on string) {
	var failures shortest
	eachAddedPoint(t, on, func(w word, n int) {
		ended, shut, commands := false, false, 0
		x := inject(&failures, on, "reset", w, n, func(conn ground, _ context.CancelFunc) {
			has := conn.holds()
			ended, shut, commands = has.end, has.shut, conn.wrote()/len(fsm.Accio)
			if !has.reset {
				conn.reset()
			}
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
	failures.report(t, injections[on].added)
}

// Whenever writing begins to fail, the next write ends the session in Error,
// and nothing else changes.
func TestWriteFailureAtEveryYieldPoint(t *testing.T) {
	t.Parallel()
	eachGround(t, writeFailureAtEveryYieldPoint)
}

func writeFailureAtEveryYieldPoint(t *testing.T, on string) {
	var failures shortest
	refused := 0
	synctest.Test(t, func(t *testing.T) {
		wordsOn(on, injections[on].depth, func(w word, maximal bool) {
			if !maximal {
				return
			}
			plain := explore(on, &fsm.Server, w, nil)
			for n := 1; n <= plain.within; n++ {
				x := inject(&failures, on, "write failure", w, n, func(conn ground, _ context.CancelFunc) { conn.deafen() })
				refused += x.conn.refusals()
				switch {
				case x.err != nil:
					x.failf(&failures, n, "%v", x.err)
				case x.conn.refusals() > 1:
					x.failf(&failures, n, "wrote %d times more", x.conn.refusals()-1)
				case x.conn.refusals() == 1 && (x.result.State != fsm.Error || x.result.Event != fsm.Failed && x.result.Event != fsm.Shutdown):
					x.failf(&failures, n, "result %s by %s", x.result.State, x.result.Event)
				case x.conn.refusals() == 0 && x.differs(w) != nil:
					x.failf(&failures, n, "no write has failed, and yet: %s", x.differs(w))
				}
			}
		})
	})
	failures.report(t, injections[on].all)
	require.Ran(t, "writes that fail", refused, injections[on].refused)
}
