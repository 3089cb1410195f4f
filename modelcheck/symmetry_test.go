package modelcheck_test

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	. "accio/modelcheck"
)

// copies are three of a small system side by side: which is where.
type copies [3]int

func (c copies) sorted() copies {
	slices.Sort(c[:])
	return c
}

// three runs three copies of g. A label is that of the copy and its number.
func (g small) three() System[copies] {
	sys := System[copies]{Canonical: copies.sorted, Next: func(s copies) (steps []Step[copies]) {
		for i, at := range s {
			for _, step := range g.out[at] {
				to := s
				to[i] = step.To
				steps = append(steps, Step[copies]{fmt.Sprint(step.Label, i), to})
			}
		}
		return steps
	}}
	for _, i := range g.initial {
		for _, j := range g.initial {
			for _, k := range g.initial {
				sys.Initial = append(sys.Initial, copies{i, j, k})
			}
		}
	}
	return sys
}

// symmetricSet and symmetricSteps do not tell the copies apart.
func symmetricSet(rng *rand.Rand, odds int) func(copies) bool {
	key := rng.IntN(1000)
	return func(s copies) bool {
		s = s.sorted()
		return (key+s[0]*7+s[1]*17+s[2]*29)%odds == 0
	}
}

func symmetricSteps(rng *rand.Rand) StepPred[copies] {
	from, to, label := symmetricSet(rng, 1+rng.IntN(3)), symmetricSet(rng, 1+rng.IntN(3)), 'a'+byte(rng.IntN(4))
	return func(s copies, l string, t copies) bool { return l[0] <= label && (from(s) || to(t)) }
}

// With a canonical form everything is as it is without, but that fewer states
// are explored: the verdicts, the length of stems, and every trace is a run of
// the system itself. Its loop is a shortest one of those that there are.
func TestSymmetryAgainstNone(t *testing.T) {
	rng := rand.New(rand.NewPCG(5, 6))
	outcomes, loops, fewer, compared := map[Kind]map[Outcome]int{}, map[int]int{}, 0, 0
	for range 500 {
		sys := randomSmall(rng).three()
		bad, goal, from, steps := symmetricSet(rng, 9), symmetricSet(rng, 5), symmetricSet(rng, 3), symmetricSteps(rng)
		var list []Premise[copies]
		for range rng.IntN(3) {
			s := symmetricSteps(rng)
			switch rng.IntN(4) {
			case 0:
				list = append(list, Infinitely("", s))
			case 1:
				list = append(list, Unless("", s))
			case 2:
				list = append(list, WeaklyFair("", s))
			case 3:
				list = append(list, StronglyFair("", s))
			}
		}
		props := []Property[copies]{
			Always("", func(s copies) bool { return !bad(s) }), Sometimes("", bad), NoDeadlock("", bad), StepAlways("", steps), SometimesStep("", steps),
			Eventually("", goal, list...), LeadsTo("", from, goal, list...),
		}
		if err := CheckSymmetry(sys, Limit{}, props...); err != nil {
			t.Fatal(err)
		}
		r := Check(sys, Limit{}, props...)
		plain := sys
		plain.Canonical = nil
		whole := Check(plain, Limit{}, props...)
		g, err := Explore(plain, Limit{})
		if err != nil {
			t.Fatal(err)
		}
		states, edges := map[copies]bool{}, map[Edge[copies]]bool{}
		for _, s := range g.States() {
			states[s.sorted()] = true
			for _, step := range plain.Next(s.sorted()) {
				edges[Edge[copies]{s.sorted(), step.Label, step.To.sorted()}] = true
			}
		}
		if r.States != len(states) || r.Edges != len(edges) || r.Depth != whole.Depth {
			t.Fatalf("%v, but %d states and %d edges", r, len(states), len(edges))
		}
		if r.States < whole.States {
			fewer++
		}
		for i, v := range r.Verdicts {
			other := whole.Verdicts[i]
			if v.Outcome != other.Outcome || (v.Trace == nil) != (other.Trace == nil) {
				t.Fatalf("%v and %v", r, whole)
			}
			if outcomes[v.Kind] == nil {
				outcomes[v.Kind] = map[Outcome]int{}
			}
			outcomes[v.Kind][v.Outcome]++
			if v.Trace == nil {
				continue
			}
			stem, loop := walk(t, plain, v.Trace)
			if len(stem) != len(other.Trace.Stem) {
				t.Fatalf("%v\n%v", v.Trace, other.Trace)
			}
			end := v.Trace.States()[len(stem)]
			switch v.Kind {
			case KindAlways, KindSometimes:
				if !bad(end) {
					t.Fatal(v.Trace)
				}
			case KindStepAlways, KindSometimesStep:
				if last := stem[len(stem)-1]; steps(last.From, last.Label, last.To) == (v.Kind == KindStepAlways) {
					t.Fatal(v.Trace)
				}
			case KindNoDeadlock:
				if bad(end) || len(plain.Next(end)) > 0 {
					t.Fatal(v.Trace)
				}
			default:
				loops[len(loop)]++
				if slices.ContainsFunc(v.Trace.States()[v.Trace.Since:], goal) || v.Kind == KindLeadsTo && !from(v.Trace.States()[v.Trace.Since]) {
					t.Fatal(v.Trace)
				}
				if len(loop) == 0 {
					continue
				}
				// The only loop from here, in the system itself: no shorter one is admitted.
				again := plain
				again.Initial = []copies{end}
				if one := Check(again, Limit{}, Eventually("", goal, list...)).Verdicts[0].Trace; len(one.Stem) == 0 && len(one.Loop) > 0 {
					if compared++; len(one.Loop) != len(loop) {
						t.Fatalf("%v\n%v", v.Trace, one)
					}
				}
			}
		}
	}
	got := fmt.Sprint(outcomes, loops, fewer, compared)
	if want := "map[always:map[holds:278 VIOLATED:222] eventually:map[holds:77 VIOLATED:330 VACUOUS:93] leads to:map[holds:36 VIOLATED:269 VACUOUS:195] " +
		"no deadlock:map[holds:223 VIOLATED:277] sometimes:map[holds:222 VIOLATED:278] sometimes step:map[holds:274 VIOLATED:226] " +
		"step always:map[holds:254 VIOLATED:246]] map[0:245 1:243 2:89 3:18 4:2 6:2] 290 354"; got != want {
		t.Errorf("outcomes, loops, reduced systems, loops compared: %s, want %s", got, want)
	}
}

// A token goes round: all its places are alike, so there is one state, but the
// loop that shows that it never rests goes all the way.
func TestLoopOfAClassIsWalkedUntilItCloses(t *testing.T) {
	sys := counter(4)
	sys.Canonical = func(int) int { return 0 }
	r := Check(sys, Limit{}, Eventually("it rests", func(int) bool { return false }), Sometimes("it is somewhere", func(int) bool { return true }))
	if r.States != 1 || r.Edges != 1 || fmt.Sprint(r.Verdicts[0].Trace.States()) != "[0 1 2 3 0]" || len(r.Verdicts[0].Trace.Stem) != 0 {
		t.Errorf("%v\n%v", r, r.Verdicts[0].Trace)
	}
	g, err := Explore(sys, Limit{})
	if i, ok := g.Find(3); err != nil || i != 0 || !ok {
		t.Error(i, ok, err)
	}
	// A run begins where runs begin, whatever stands for that.
	sys.Initial = []int{2}
	if r := Check(sys, Limit{}, SometimesStep("it moves", func(int, string, int) bool { return true })); fmt.Sprint(r.Verdicts[0].Trace.States()) != "[2 3]" {
		t.Error(r.Verdicts[0].Trace)
	}
}

// A canonical form that is none, and properties that tell apart what is alike,
// are found.
func TestCheckSymmetry(t *testing.T) {
	sys := small{n: 3, initial: []int{0}, out: [][]Step[int]{{{"a", 1}}, {{"b", 2}}, nil}}.three()
	yes := func(copies) bool { return true }
	first := func(s copies) bool { return s[0] == 1 }
	step := func(s copies, _ string, to copies) bool { return s[0] != to[0] }
	sorts := func(s copies, _ string, to copies) bool { return to == to.sorted() }
	for name, test := range map[string]struct {
		canonical func(copies) copies
		prop      Property[copies]
		says      string
	}{
		"none":    {copies.sorted, Always("all", yes), ""},
		"counts":  {copies.sorted, StepAlways("one moves", func(s copies, _ string, to copies) bool { return s[0]+s[1]+s[2] < to[0]+to[1]+to[2] }), ""},
		"not own": {func(s copies) copies { s[0] = (s[0] + 1) % 3; return s }, Always("", yes), "its own is"},
		"steps":   {func(s copies) copies { s[2] = 0; return s }, Always("", yes), "are not those of its canonical form"},
		"state":   {copies.sorted, Always("first", first), `"first" tells [1 0 0]`},
		"end":     {copies.sorted, NoDeadlock("first", first), `"first" tells [1 0 0]`},
		"from":    {copies.sorted, LeadsTo("first", first, yes), `"first" tells [1 0 0]`},
		"goal":    {copies.sorted, Eventually("first", first), `"first" tells [1 0 0]`},
		"edge":    {copies.sorted, StepAlways("the first moves", step), "are not those of"},
		"premise": {copies.sorted, Eventually("", yes, Unless("none", Labelled[copies]()), WeaklyFair("sorts", sorts)), `"sorts" is true of only one`},
		"label":   {copies.sorted, Eventually("", yes, Infinitely("a0", Labelled[copies]("a0"))), "are not those of"},
	} {
		sys.Canonical = test.canonical
		err := CheckSymmetry(sys, Limit{}, test.prop)
		if errors.Is(err, ErrAsymmetric) != (test.says != "") || err != nil && !strings.Contains(err.Error(), test.says) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if err := CheckSymmetry(sys, Limit{States: 5}); !errors.Is(err, ErrBound) {
		t.Error(err)
	}
}

// A trace that would be no run is none: what is no symmetry is told at the
// latest when a counterexample is printed.
func TestNoSymmetryPanics(t *testing.T) {
	fork := small{n: 5, initial: []int{0}, out: [][]Step[int]{{{"a", 1}}, {{"b", 3}}, {{"b", 4}}, nil, nil}}.system()
	fork.Canonical = func(i int) int { return []int{0, 2, 2, 3, 4}[i] } // 2 leads to 4, 1 to 3
	mod := counter(6)
	mod.Canonical = func(i int) int { return min(i, 2) } // from 2 to 3, which is 2 too
	for name, run := range map[string]func(){
		"step": func() { Check(fork, Limit{}, Sometimes("", func(i int) bool { return i == 4 })) },
		"loop": func() { Check(mod, Limit{}, Eventually("", func(i int) bool { return i == 0 })) },
	} {
		t.Run(name, func(t *testing.T) {
			defer func() {
				if text, _ := recover().(string); !strings.Contains(text, "Canonical is no symmetry of the system") {
					t.Error(text)
				}
			}()
			run()
		})
	}
}
