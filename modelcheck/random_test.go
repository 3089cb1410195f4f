package modelcheck_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	. "accio/modelcheck"
)

// small is a random system of at most 6 states, small enough for oracles that
// try everything.
type small struct {
	n       int
	initial []int
	out     [][]Step[int]
}

func randomSmall(rng *rand.Rand) small {
	g := small{n: 1 + rng.IntN(6)}
	for range 1 + rng.IntN(2) {
		g.initial = append(g.initial, rng.IntN(g.n))
	}
	sparse := rng.IntN(3)
	for range g.n {
		var steps []Step[int]
		for range rng.IntN(4) {
			if rng.IntN(4) >= sparse {
				steps = append(steps, Step[int]{string('a' + rune(rng.IntN(4))), rng.IntN(g.n)})
			}
		}
		g.out = append(g.out, steps)
	}
	return g
}

func (g small) system() System[int] {
	return System[int]{Initial: g.initial, Next: func(i int) []Step[int] { return g.out[i] }}
}

// randomSet is true of each state with the probability 1/odds.
func randomSet(rng *rand.Rand, odds int) func(int) bool {
	var set [6]bool
	for i := range set {
		set[i] = rng.IntN(odds) == 0
	}
	return func(i int) bool { return set[i] }
}

// randomSteps is true of some steps: of two labels or of any.
func randomSteps(rng *rand.Rand) StepPred[int] {
	if rng.IntN(2) == 0 {
		return Labelled[int](string('a'+rune(rng.IntN(4))), string('a'+rune(rng.IntN(4))))
	}
	key, odds := rng.IntN(1000), 2+rng.IntN(4)
	return func(from int, label string, to int) bool { return (key+from*7+int(label[0])*3+to*5)%odds == 0 }
}

// walk fails the test unless the trace is a walk of the system and its loop
// closes. It returns the edges of the stem and of the loop.
func walk[S comparable](t *testing.T, sys System[S], trace *Trace[S]) (stem, loop []Edge[S]) {
	t.Helper()
	if !slices.Contains(sys.Initial, trace.Start) {
		t.Fatalf("%v is not initial: %v", trace.Start, trace)
	}
	at := trace.Start
	follow := func(steps []Step[S]) (edges []Edge[S]) {
		for _, step := range steps {
			if !slices.Contains(sys.Next(at), step) {
				t.Fatalf("no step %v from %v: %v", step, at, trace)
			}
			edges = append(edges, Edge[S]{at, step.Label, step.To})
			at = step.To
		}
		return edges
	}
	stem = follow(trace.Stem)
	head := at
	loop = follow(trace.Loop)
	if at != head {
		t.Fatalf("the loop does not close: %v", trace)
	}
	if len(trace.Labels()) != len(stem)+len(loop) || len(trace.States()) != len(stem)+len(loop)+1 {
		t.Fatalf("%d labels, %d states: %v", len(trace.Labels()), len(trace.States()), trace)
	}
	return stem, loop
}

// words calls visit with every walk of at most max steps, shorter ones first.
func (g small) words(max int, visit func(walk []Edge[int], at int) (stop bool)) {
	type word struct {
		edges []Edge[int]
		at    int
	}
	var words []word
	for _, i := range g.initial {
		words = append(words, word{nil, i})
	}
	for n := 0; n <= max; n++ {
		var next []word
		for _, w := range words {
			if visit(w.edges, w.at) {
				return
			}
			for _, step := range g.out[w.at] {
				next = append(next, word{append(w.edges[:len(w.edges):len(w.edges)], Edge[int]{w.at, step.Label, step.To}), step.To})
			}
		}
		words = next
	}
}

func TestSafetyAgainstAllWords(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	outcomes := map[Kind]map[Outcome]int{}
	for range 1000 {
		g := randomSmall(rng)
		bad, steps, allowed := randomSet(rng, 5), randomSteps(rng), randomSet(rng, 2)
		if rng.IntN(3) == 0 {
			allowed = nil
		}
		good := func(s int) bool { return !bad(s) }
		goodStep := func(from int, label string, to int) bool { return !steps(from, label, to) }
		// The length of the shortest word of each sort; a state is at most 5 steps away.
		state, step, end := -1, -1, -1
		set := func(v *int, ok bool, n int) {
			if ok && *v < 0 {
				*v = n
			}
		}
		g.words(6, func(walk []Edge[int], at int) bool {
			n := len(walk)
			set(&state, bad(at), n)
			set(&end, len(g.out[at]) == 0 && (allowed == nil || !allowed(at)), n)
			if n > 0 {
				last := walk[n-1]
				set(&step, steps(last.From, last.Label, last.To), n)
			}
			return state >= 0 && step >= 0 && end >= 0
		})
		r := Check(g.system(), Limit{}, Always("", good), StepAlways("", goodStep), NoDeadlock("", allowed), Sometimes("", bad), SometimesStep("", steps))
		for i, want := range []int{state, step, end, state, step} {
			v := r.Verdicts[i]
			expected := Holds
			if (want >= 0) == (i < 3) {
				expected = Violated
			}
			if v.Outcome != expected || (v.Trace != nil) != (want >= 0) {
				t.Fatalf("%+v: %+v, want %v", g, v, expected)
			}
			if outcomes[v.Kind] == nil {
				outcomes[v.Kind] = map[Outcome]int{}
			}
			outcomes[v.Kind][v.Outcome]++
			if v.Trace == nil {
				continue
			}
			stem, _ := walk(t, g.system(), v.Trace)
			at := v.Trace.States()[len(stem)]
			ok := len(v.Trace.Loop) == 0
			switch v.Kind {
			case KindAlways, KindSometimes:
				ok = ok && bad(at)
			case KindStepAlways, KindSometimesStep:
				last := stem[len(stem)-1]
				ok = ok && steps(last.From, last.Label, last.To)
			case KindNoDeadlock:
				ok = ok && len(g.out[at]) == 0
			}
			if !ok || len(stem) != want {
				t.Fatalf("%+v: the shortest trace has %d steps, not\n%v", g, want, v.Trace)
			}
		}
	}
	// So that they are not all alike, and none is left out.
	want := "map[always:map[holds:625 VIOLATED:375] no deadlock:map[holds:570 VIOLATED:430] sometimes:map[holds:375 VIOLATED:625] " +
		"sometimes step:map[holds:494 VIOLATED:506] step always:map[holds:506 VIOLATED:494]]"
	if got := fmt.Sprint(outcomes); got != want {
		t.Errorf("outcomes %s, want %s", got, want)
	}
}
