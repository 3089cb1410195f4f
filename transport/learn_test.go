package transport

import (
	"maps"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"accio/explore"
	"accio/fsm"
	"accio/internal/require"
	"accio/protocol"
)

// key is what the rest of a session depends on: the state, the bytes of the
// confirmation that have been read, the silence so far, and what the
// connection holds. The one of the session is read off the running code.
type key struct {
	state  fsm.State
	at     int
	silent time.Duration
	queue  string
	end    bool
	reset  bool
	shut   bool
	ended  bool
}

func (s *session) key(has explore.Holding) key {
	k := key{state: s.machine.State(), ended: s.machine.Terminal()}
	if k.ended {
		return k
	}
	if s.machine.Activity().Action == fsm.Expect {
		k.at = s.end.right
	}
	k.silent = time.Since(s.clock)
	k.queue, k.end, k.reset, k.shut = has.Queue, has.End, has.Reset, has.Shut
	return k
}

func (x *expectation) Key() any {
	steps := []fsm.State{"SendAccio1", "AwaitConfirm1", "SendAccio2", "AwaitConfirm2", "Streaming"}
	switch {
	case strings.HasSuffix(x.Notes, "confirmed closed "):
		return key{state: "Done", ended: true}
	case x.Ended:
		return key{state: "Error", ended: true}
	}
	return key{steps[x.step], x.at, x.silent, x.queue, x.end, x.reset, x.shut, false}
}

// What the running code does, learned by state-matched search, is what
// docs/protocol.md says: the same states, and the same steps between them,
// none missing and none extra.
func TestLearnedBehaviourIsTheExpectedOne(t *testing.T) {
	t.Parallel()
	growing := func(k any, in explore.Input) bool { // or else the queue grows for ever
		return k.(key).shut && k.(key).queue != "" && in.Bytes != ""
	}
	want := alphabet.Expected(expected, growing)
	eachGround(t, func(t *testing.T, on string) {
		synctest.Test(t, func(t *testing.T) {
			var failures explore.Shortest
			got := alphabet.Learn(grounds[on](&protocol.Server), growing)
			got.Missing(want, func(w explore.Word, what any) {
				failures.Failf(alphabet.Rank(w), "%s: the code goes beyond the expectation: %+v", w, what)
			})
			want.Missing(got, func(w explore.Word, what any) {
				failures.Failf(alphabet.Rank(w), "%s: the code lacks %+v", w, what)
			})
			failures.Report(t)
			require.Ran(t, "sessions", got.Ran, 1+592) // the empty word and one for each step
			require.Ran(t, "states", len(got.Keys), 62)
			require.Ran(t, "steps", len(got.Arcs), 592)
		})
	})
}

// The transitions that the running code takes, over every word to depth 4 and
// with failing writes, are the table's, none missing and none extra.
func TestTransitionsTakenAreTheTable(t *testing.T) {
	t.Parallel()
	taken := map[fsm.Transition]bool{}
	sessions := 0
	synctest.Test(t, func(t *testing.T) {
		words(4, func(w explore.Word, maximal bool) {
			if maximal {
				sessions++
				for _, tr := range toldBy(run("scripted", w, nil)).path {
					taken[tr] = true
				}
			}
		})
	})
	require.Ran(t, "sessions", sessions, maximalWords[4])
	want := map[fsm.Transition]bool{}
	for _, tr := range protocol.Server.Transitions {
		want[tr] = true
	}
	if !maps.Equal(taken, want) {
		t.Errorf("taken %v\nwant %v", taken, want)
	}
}

// conformance is the alphabet of the W-method: that of the words without the
// window, as behind a shut window the queue grows for ever.
var conformance = slices.DeleteFunc(slices.Clone(alphabet), func(in explore.Input) bool { return in.What == explore.Shut || in.What == explore.Open })

// W-method: if the code is a deterministic machine with at most extra states
// more than the expected one, and agrees with it on every word of the suite, it is
// that machine.
func TestConformsByTheWMethod(t *testing.T) {
	t.Parallel()
	sessions := map[int]int{1: 1476, 2: 11316, 3: 97579}
	eachGround(t, func(t *testing.T, on string) {
		extra := map[string]int{"scripted": deep(2, 3), "fast": deep(1, 2), "crowd": deep(1, 2)}[on]
		suite, err := conformance.WMethod(expected, extra)
		if err != nil {
			t.Fatal(err)
		}
		require.Ran(t, "states", suite.States, 12)
		require.Ran(t, "words that tell them apart", suite.Telling, 5)
		synctest.Test(t, func(t *testing.T) {
			var failures explore.Shortest
			for _, w := range suite.Words {
				failures.Ran()
				if d := differs(run(on, w, nil), w); d != nil {
					failures.Failf(alphabet.Rank(d.Word), "%s", d)
				}
			}
			wantSessions(t, &failures, sessions[extra])
		})
	})
}
