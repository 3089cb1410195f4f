package transport

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"slices"
	"strings"
	"testing"
	"testing/synctest"

	"accio/explore"
	"accio/fsm"
	"accio/internal/require"
	"accio/protocol"
)

// campaign says what is injected into, and how many injections there are: at
// the points that the last input adds, at all points of the maximal words, and
// how many writes those make fail. The numbers change with the words, and with
// how often the loop calls the connection, or that the system.
type campaign struct {
	on                         string // ground
	words                      func(depth int, f func(w explore.Word, maximal bool))
	depth, added, all, refused int
	unborn                     int // of the added ones, those at which nobody is in service yet
}

var campaigns = map[string]campaign{"scripted": {"scripted", words, 4, 7108, 34660, 19266, 0}}

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

// injections are those of a campaign and what they have shown.
type injections struct {
	failures explore.Shortest
	on       string
}

// injected is a session in which something happened at a yield point.
type injected struct {
	*explore.Injected
	*told
	last   explore.Seen
	events int // fired before it happened
	before fsm.State
}

// at makes something happen at a yield point of a word.
func (i *injections) at(w explore.Word, n int, what explore.Happening) *injected {
	x := &injected{Injected: explore.Inject(grounds[i.on](&protocol.Server), w, n, what), before: protocol.Server.Initial}
	x.told, x.last = toldBy(x.Session), x.Seen[len(x.Seen)-1]
	if x.Came {
		i.failures.Ran()
	}
	if x.events = len(strings.Fields(x.Before.Notes)); x.events > 0 {
		x.before = x.path[x.events-1].To
	}
	return x
}

func (i *injections) failf(x *injected, format string, args ...any) {
	i.failures.Failf(append(alphabet.Rank(x.Word), x.Point), "%s, %s: %s; events %v", i.on, x.Injected, fmt.Sprintf(format, args...), x.path)
}

// eachAddedPoint calls f for each yield point that a word adds to the word
// without its last input, for every word to the depth; so each is met once.
func (c campaign) eachAddedPoint(t *testing.T, f func(w explore.Word, n int)) {
	synctest.Test(t, func(t *testing.T) {
		c.words(c.depth, func(w explore.Word, _ bool) {
			plain := run(c.on, w, nil)
			for n := plain.Before + 1; n <= plain.Within; n++ {
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
	i := &injections{on: c.on}
	c.eachAddedPoint(t, func(w explore.Word, n int) {
		x := i.at(w, n, explore.Shutdown)
		switch {
		case x.Err != nil:
			i.failf(x, "%v", x.Err)
		case x.Ground.(ground).session() == nil: // the listener was shut before it had accepted
			if len(x.path) > 0 || n != 1 {
				i.failf(x, "there is no session")
			}
		case protocol.Server.IsTerminal(x.before):
			if len(x.path) != x.events {
				i.failf(x, "an event after the end")
			}
		case len(x.path) != x.events+1 || x.path[x.events].Event != fsm.Shutdown:
			i.failf(x, "the next event is not the last, or not shutdown")
		case x.result.State != protocol.Error || x.result.Event != fsm.Shutdown:
			i.failf(x, "result %s by %s", x.result.State, x.result.Event)
		case !x.last.Ended:
			i.failf(x, "the session goes on")
		case x.result.Started.Add(x.result.Elapsed) != x.When:
			i.failf(x, "it took %s", x.result.Started.Add(x.result.Elapsed).Sub(x.When))
		}
	})
	wantSessions(t, &i.failures, c.added)
}

// §9.7, §2.4: whenever the operator ends a connection, that is the next event, unless the
// shutdown has come, and no time passes.
func TestAbortAtEveryYieldPoint(t *testing.T) {
	t.Parallel()
	eachCampaign(t, abortAtEveryYieldPoint)
}

func abortAtEveryYieldPoint(t *testing.T, c campaign) {
	i, unborn := &injections{on: c.on}, 0
	c.eachAddedPoint(t, func(w explore.Word, n int) {
		served, want := false, fsm.Aborted
		if last := len(w.Inputs) - 1; last >= 0 && w.Inputs[last].What == explore.Stop {
			want = fsm.Shutdown
		}
		x := i.at(w, n, explore.Happening{Name: "abort", Do: func(g explore.Ground, _ context.CancelFunc) {
			served = g.(ground).session() != nil
			g.(explore.Aborter).Abort()
		}})
		switch {
		case x.Err != nil:
			i.failf(x, "%v", x.Err)
		case !served:
			unborn++
		case protocol.Server.IsTerminal(x.before):
			if len(x.path) != x.events {
				i.failf(x, "an event after the end")
			}
		case len(x.path) != x.events+1 || x.path[x.events].Event != want:
			i.failf(x, "the next event is not the last, or not %s", want)
		case x.result.State != protocol.Error || x.result.Event != want || want == fsm.Aborted && !errors.Is(x.result.Err, ErrKilled):
			i.failf(x, "result %s by %s: %v", x.result.State, x.result.Event, x.result.Err)
		case !x.last.Ended:
			i.failf(x, "the session goes on")
		case x.result.Started.Add(x.result.Elapsed) != x.When:
			i.failf(x, "it took %s", x.result.Started.Add(x.result.Elapsed).Sub(x.When))
		}
	})
	wantSessions(t, &i.failures, c.added)
	require.Ran(t, "points before the service", unborn, c.unborn)
}

// §2.4, §2.6: whenever a reset comes, what arrived before it still counts, no
// time passes, and it never looks like an end of the stream.
func TestResetAtEveryYieldPoint(t *testing.T) {
	t.Parallel()
	eachCampaign(t, resetAtEveryYieldPoint)
}

func resetAtEveryYieldPoint(t *testing.T, c campaign) {
	i := &injections{on: c.on}
	c.eachAddedPoint(t, func(w explore.Word, n int) {
		x := i.at(w, n, explore.Breakage)
		ended, shut, bytes := x.Held.End, x.Held.Shut, int64(0)
		// a command that the reset keeps back keeps all of them back
		if ended || len(x.Before.Said)/len(protocol.Accio) == 2 {
			list := expected.Expect(w)
			bytes = list[len(list)-1].Count
		}
		switch {
		case x.Err != nil:
			i.failf(x, "%v", x.Err)
		case ended && shut: // the peer neither takes nor sends anything
		case !x.last.Ended:
			i.failf(x, "the session goes on")
		case x.result.Started.Add(x.result.Elapsed).After(x.When):
			i.failf(x, "it took %s", x.result.Started.Add(x.result.Elapsed).Sub(x.When))
		case x.result.Bytes != bytes:
			i.failf(x, "%d bytes are counted, want %d", x.result.Bytes, bytes)
		case x.result.State == protocol.Done && !ended:
			i.failf(x, "Done although the stream has not ended")
		case !ended && len(x.path) > x.events && x.result.Event != fsm.Failed && x.result.Event != fsm.Mismatched &&
			!slices.Contains([]fsm.Event{fsm.Shutdown, fsm.Aborted, fsm.TimedOut}, x.result.Event):
			i.failf(x, "ended by %s", x.result.Event)
		}
	})
	wantSessions(t, &i.failures, c.added)
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
	i, failed := &injections{on: c.on}, 0
	synctest.Test(t, func(t *testing.T) {
		c.words(c.depth, func(w explore.Word, maximal bool) {
			if !maximal {
				return
			}
			for n := range run(c.on, w, nil).Within {
				x := i.at(w, n+1, explore.Refusal)
				refused := x.Ground.Refused()
				failed += refused
				switch d := differs(x.Session, w); {
				case x.Err != nil:
					i.failf(x, "%v", x.Err)
				case refused > 1:
					i.failf(x, "wrote %d times more", refused-1)
				case refused == 1 && (x.result.State != protocol.Error || !slices.Contains([]fsm.Event{fsm.Failed, fsm.Shutdown, fsm.Aborted}, x.result.Event)):
					i.failf(x, "result %s by %s", x.result.State, x.result.Event)
				case refused == 0 && d != nil:
					i.failf(x, "no write has failed, and yet: %s", d)
				}
			}
		})
	})
	wantSessions(t, &i.failures, c.all)
	require.Ran(t, "writes that fail", failed, c.refused)
}
