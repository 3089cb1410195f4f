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
	"accio/protocol"
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
	table, in := &protocol.Server, &injected{on: on, what: what, word: w}
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

// campaign says what is injected into, and how many injections there are: at
// the points that the last input adds, at all points of the maximal words, and
// how many writes those make fail. The numbers change with the words, and with
// how often the loop calls the connection, or that the system.
type campaign struct {
	on                         string // ground
	words                      func(depth int, f func(w word, maximal bool))
	depth, added, all, refused int
}

var campaigns = map[string]campaign{"scripted": {"scripted", words, 4, 6626, 32180, 17889}}

func eachCampaign(t *testing.T, test func(t *testing.T, c campaign)) {
	want := 1
	if runtime.GOOS == "linux" {
		want = 3
	}
	require.Ran(t, "campaigns", len(campaigns), want)
	for name, c := range campaigns {
		t.Run(name, func(t *testing.T) { test(t, c) })
	}
}

// eachAddedPoint calls f for each yield point that a word adds to the word
// without its last input, for every word to the depth; so each is met once.
func (c campaign) eachAddedPoint(t *testing.T, f func(w word, n int)) {
	synctest.Test(t, func(t *testing.T) {
		c.words(c.depth, func(w word, _ bool) {
			plain := explore(c.on, &protocol.Server, w, nil)
			for n := plain.before + 1; n <= plain.within; n++ {
				f(w, n)
			}
		})
	})
}

// §6.4: whenever a shutdown comes, it is the next event, and no time passes.
func TestShutdownAtEveryYieldPoint(t *testing.T) {
	t.Parallel()
	eachCampaign(t, shutdownAtEveryYieldPoint)
}

func shutdownAtEveryYieldPoint(t *testing.T, c campaign) {
	var failures shortest
	c.eachAddedPoint(t, func(w word, n int) {
		x := inject(&failures, c.on, "shutdown", w, n, func(_ ground, stop context.CancelFunc) { stop() })
		switch {
		case x.err != nil:
			x.failf(&failures, n, "%v", x.err)
		case x.conn.session() == nil: // the listener was shut before it had accepted
			if len(x.path) > 0 || n != 1 {
				x.failf(&failures, n, "there is no session")
			}
		case protocol.Server.IsTerminal(x.before):
			if len(x.path) != x.events {
				x.failf(&failures, n, "an event after the end")
			}
		case len(x.path) != x.events+1 || x.path[x.events].Event != fsm.Shutdown:
			x.failf(&failures, n, "the next event is not the last, or not shutdown")
		case x.result.State != protocol.Error || x.result.Event != fsm.Shutdown:
			x.failf(&failures, n, "result %s by %s", x.result.State, x.result.Event)
		case !x.seen[len(x.seen)-1].ended:
			x.failf(&failures, n, "the session goes on")
		case x.result.Started.Add(x.result.Elapsed) != x.when:
			x.failf(&failures, n, "it took %s", x.result.Started.Add(x.result.Elapsed).Sub(x.when))
		}
	})
	failures.report(t, c.added)
}

// §2.4, §2.6: whenever a reset comes, what arrived before it still counts, no
// time passes, and it never looks like an end of the stream.
func TestResetAtEveryYieldPoint(t *testing.T) {
	t.Parallel()
	eachCampaign(t, resetAtEveryYieldPoint)
}

func resetAtEveryYieldPoint(t *testing.T, c campaign) {
	var failures shortest
	c.eachAddedPoint(t, func(w word, n int) {
		ended, shut, commands := false, false, 0
		x := inject(&failures, c.on, "reset", w, n, func(conn ground, _ context.CancelFunc) {
			has := conn.holds()
			ended, shut, commands = has.end, has.shut, conn.wrote()/len(protocol.Accio)
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
		case x.result.State == protocol.Done && !ended:
			x.failf(&failures, n, "Done although the stream has not ended")
		case !ended && len(x.path) > x.events && x.result.Event != fsm.Failed && x.result.Event != fsm.Mismatched &&
			x.result.Event != fsm.Shutdown && x.result.Event != fsm.TimedOut:
			x.failf(&failures, n, "ended by %s", x.result.Event)
		}
	})
	failures.report(t, c.added)
}

// Whenever writing begins to fail, the next write ends the session in Error,
// and nothing else changes.
func TestWriteFailureAtEveryYieldPoint(t *testing.T) {
	t.Parallel()
	eachCampaign(t, writeFailureAtEveryYieldPoint)
}

func writeFailureAtEveryYieldPoint(t *testing.T, c campaign) {
	if c.all == 0 {
		return // nothing is written in what these words have more than the others
	}
	var failures shortest
	refused := 0
	synctest.Test(t, func(t *testing.T) {
		c.words(c.depth, func(w word, maximal bool) {
			if !maximal {
				return
			}
			plain := explore(c.on, &protocol.Server, w, nil)
			for n := 1; n <= plain.within; n++ {
				x := inject(&failures, c.on, "write failure", w, n, func(conn ground, _ context.CancelFunc) { conn.deafen() })
				refused += x.conn.refusals()
				switch {
				case x.err != nil:
					x.failf(&failures, n, "%v", x.err)
				case x.conn.refusals() > 1:
					x.failf(&failures, n, "wrote %d times more", x.conn.refusals()-1)
				case x.conn.refusals() == 1 && (x.result.State != protocol.Error || x.result.Event != fsm.Failed && x.result.Event != fsm.Shutdown):
					x.failf(&failures, n, "result %s by %s", x.result.State, x.result.Event)
				case x.conn.refusals() == 0 && x.differs(w) != nil:
					x.failf(&failures, n, "no write has failed, and yet: %s", x.differs(w))
				}
			}
		})
	})
	failures.report(t, c.all)
	require.Ran(t, "writes that fail", refused, c.refused)
}
