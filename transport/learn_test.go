package transport

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

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

func (s *session) key(has holding) key {
	k := key{state: s.machine.State(), ended: s.machine.Terminal()}
	if k.ended {
		return k
	}
	if s.machine.Activity().Action == fsm.Expect {
		k.at = s.end.right
	}
	k.silent = time.Since(s.clock)
	k.queue, k.end, k.reset, k.shut = has.queue, has.end, has.reset, has.shut
	return k
}

func (x *expectation) key() key {
	steps := []fsm.State{"SendAccio1", "AwaitConfirm1", "SendAccio2", "AwaitConfirm2", "Streaming"}
	switch {
	case strings.HasSuffix(x.events, "confirmed closed "):
		return key{state: "Done", ended: true}
	case x.ended:
		return key{state: "Error", ended: true}
	}
	return key{steps[x.step], x.at, x.silent, x.queue, x.end, x.reset, x.shut, false}
}

// arc is one step of the learned machine: from a key by an input to a key,
// and what was seen of it.
type arc struct {
	from, to key
	input    string
	events   string
	bytes    int64
	written  int
}

// learn explores by state: a word whose key was seen before is not extended.
// run plays a word and returns what was seen before and after its last input,
// and the key after it.
func learn(run func(w word) (before, after seen, k key)) (keys map[key]word, arcs map[arc]word) {
	_, _, initial := run(word{})
	keys, arcs = map[key]word{initial: {}}, map[arc]word{}
	from := []key{initial}
	for queue := []word{{}}; len(queue) > 0; queue, from = queue[1:], from[1:] {
		_, x := expect(queue[0])
		for _, in := range alphabet {
			if !x.possible(in) || x.shut && x.queue != "" && in.bytes != "" {
				continue // or else the queue grows for ever
			}
			w := queue[0].then(in)
			before, after, k := run(w)
			a := arc{from[0], k, in.name, strings.TrimPrefix(after.events, before.events),
				after.bytes - before.bytes, after.written - before.written}
			if _, known := arcs[a]; !known {
				arcs[a] = w
			}
			if _, known := keys[k]; !known {
				keys[k] = w
				queue, from = append(queue, w), append(from, k)
			}
		}
	}
	return keys, arcs
}

// What the running code does, learned by state-matched search, is what
// docs/protocol.md says: the same states, and the same steps between them,
// none missing and none extra.
func TestLearnedBehaviourIsTheExpectedOne(t *testing.T) {
	t.Parallel()
	wantKeys, wantArcs := learn(func(w word) (before, after seen, k key) {
		list, x := expect(w)
		return list[max(0, len(list)-2)], list[len(list)-1], x.key()
	})
	eachGround(t, func(t *testing.T, on string) {
		synctest.Test(t, func(t *testing.T) {
			var failures shortest
			gotKeys, gotArcs := learn(func(w word) (before, after seen, k key) {
				failures.ran()
				x := explore(on, &protocol.Server, w, nil)
				return x.seen[max(0, len(x.seen)-2)], x.seen[len(x.seen)-1], x.last
			})
			missing(&failures, "the code has an extra state", gotKeys, wantKeys)
			missing(&failures, "the code lacks the state", wantKeys, gotKeys)
			missing(&failures, "the code takes an extra step", gotArcs, wantArcs)
			missing(&failures, "the code does not take the step", wantArcs, gotArcs)
			failures.report(t, 1+532) // the empty word and one for each step
			require.Ran(t, "states", len(gotKeys), 62)
			require.Ran(t, "steps", len(gotArcs), 532)
		})
	})
}

func missing[K comparable](failures *shortest, what string, of, in map[K]word) {
	for k, w := range of {
		if _, ok := in[k]; !ok {
			failures.failf(w.rank(), "%s: %s %+v", w, what, k)
		}
	}
}

// The transitions that the running code takes, over every word to depth 4 and
// with failing writes, are the table's, none missing and none extra.
func TestTransitionsTakenAreTheTable(t *testing.T) {
	t.Parallel()
	taken := map[fsm.Transition]bool{}
	sessions := 0
	synctest.Test(t, func(t *testing.T) {
		words(4, func(w word, maximal bool) {
			if maximal {
				sessions++
				for _, tr := range explore("scripted", &protocol.Server, w, nil).path {
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
var conformance = slices.DeleteFunc(slices.Clone(alphabet), func(in input) bool { return in.what == 'w' || in.what == 'o' })

// W-method: if the code is a deterministic machine with at most extra states
// more than the expected one, and agrees with it on every word
// access·(extra+1 inputs)·(a word that tells states apart), it is that machine.
func TestConformsByTheWMethod(t *testing.T) {
	t.Parallel()
	sessions := map[int]int{1: 1437, 2: 11070, 3: 95580}
	eachGround(t, func(t *testing.T, on string) {
		extra := map[string]int{"scripted": deep(2, 3), "fast": deep(1, 2)}[on]
		suite := wSuite(t, extra)
		synctest.Test(t, func(t *testing.T) {
			var failures shortest
			for _, w := range suite {
				failures.ran()
				if d := explore(on, &protocol.Server, w, nil).differs(w); d != nil {
					failures.failf(d.rank(), "%s", d)
				}
			}
			failures.report(t, sessions[extra])
		})
	})
}

// wSuite returns these words.
func wSuite(t *testing.T, extra int) map[string]word {
	access := map[key]word{}
	_, x := expect(word{})
	access[x.key()] = word{}
	order := []word{{}}
	for i := 0; i < len(order); i++ {
		_, x := expect(order[i])
		for _, in := range conformance {
			if !x.possible(in) {
				continue
			}
			w := order[i].then(in)
			_, y := expect(w)
			if _, known := access[y.key()]; !known && !y.ended {
				access[y.key()] = w
				order = append(order, w)
			}
		}
	}
	telling := separating(t, order)
	suite := map[string]word{}
	var middle func(w word, left int)
	middle = func(w word, left int) {
		_, x := expect(w)
		for _, tail := range telling {
			full := w
			for _, in := range tail.inputs {
				if _, y := expect(full); y.possible(in) {
					full = full.then(in)
				}
			}
			suite[full.String()] = full
		}
		for _, in := range conformance {
			if left > 0 && x.possible(in) {
				middle(w.then(in), left-1)
			}
		}
	}
	for _, w := range order {
		middle(w, extra+1)
	}
	require.Ran(t, "states", len(order), 12)
	require.Ran(t, "words that tell them apart", len(telling), 5)
	return suite
}

// separating returns words such that any two of the states that access leads
// to answer differently to at least one of them.
func separating(t *testing.T, access []word) (telling []word) {
	answer := func(w, tail word) string {
		before, _ := expect(w)
		var text strings.Builder
		for _, in := range tail.inputs {
			if _, x := expect(w); !x.possible(in) {
				text.WriteString("impossible;")
				continue
			}
			w = w.then(in)
		}
		after, _ := expect(w)
		base := before[len(before)-1]
		for _, s := range after[len(before):] {
			fmt.Fprintf(&text, "%s,%d,%v;", strings.TrimPrefix(s.events, base.events), s.bytes-base.bytes, s.ended)
		}
		return text.String()
	}
	var candidates []word
	for _, a := range conformance {
		candidates = append(candidates, word{}.then(a))
	}
	for _, a := range conformance {
		for _, b := range conformance {
			candidates = append(candidates, word{}.then(a).then(b))
		}
	}
	for i, v := range access {
		for _, w := range access[:i] {
			told := func(c word) bool { return answer(v, c) != answer(w, c) }
			if slices.ContainsFunc(telling, told) {
				continue
			}
			at := slices.IndexFunc(candidates, told)
			if at < 0 {
				t.Fatalf("nothing tells the states after %s and %s apart", v, w)
			}
			telling = append(telling, candidates[at])
		}
	}
	return telling
}
