package modelcheck_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	. "accio/modelcheck"
)

// The oracles' own view of premises: steps that must, must not, and in
// fairness have to occur infinitely often: strongly or weakly.
type premises struct{ must, mustNot, fair, strong []StepPred[int] }

func randomPremises(rng *rand.Rand) (p premises, list []Premise[int]) {
	for range rng.IntN(4) {
		s := randomSteps(rng)
		switch rng.IntN(4) {
		case 0:
			p.must, list = append(p.must, s), append(list, Infinitely("", s))
		case 1:
			p.mustNot, list = append(p.mustNot, s), append(list, Unless("", s))
		case 2:
			p.fair, list = append(p.fair, s), append(list, WeaklyFair("", s))
		case 3:
			p.strong, list = append(p.strong, s), append(list, StronglyFair("", s))
		}
	}
	return p, list
}

// admits applies the definitions to a run that takes these edges, and visits
// the states they leave, for ever.
func (p premises) admits(g small, loop []Edge[int]) bool {
	occurs := func(s StepPred[int]) bool {
		return slices.ContainsFunc(loop, func(e Edge[int]) bool { return s(e.From, e.Label, e.To) })
	}
	for _, s := range p.must {
		if !occurs(s) {
			return false
		}
	}
	for _, s := range p.mustNot {
		if occurs(s) {
			return false
		}
	}
	possible := func(s StepPred[int]) func(Edge[int]) bool {
		return func(e Edge[int]) bool {
			return slices.ContainsFunc(g.out[e.From], func(step Step[int]) bool { return s(e.From, step.Label, step.To) })
		}
	}
	for _, s := range p.fair {
		impossible := func(e Edge[int]) bool { return !possible(s)(e) }
		if !slices.ContainsFunc(loop, impossible) && !occurs(s) {
			return false
		}
	}
	for _, s := range p.strong {
		if slices.ContainsFunc(loop, possible(s)) && !occurs(s) {
			return false
		}
	}
	return true
}

const far = 1000

// distances is Floyd and Warshall's algorithm on the edges that are allowed.
func (g small) distances(allowed func(Edge[int]) bool) [6][6]int {
	var d [6][6]int
	for i := range d {
		for j := range d {
			d[i][j] = far
		}
		d[i][i] = 0
	}
	for i, steps := range g.out {
		for _, step := range steps {
			if allowed(Edge[int]{i, step.Label, step.To}) {
				d[i][step.To] = min(d[i][step.To], 1)
			}
		}
	}
	for k := range d {
		for i := range d {
			for j := range d {
				d[i][j] = min(d[i][j], d[i][k]+d[k][j])
			}
		}
	}
	return d
}

// shortestStem tries every set of states that a run may stay in for ever. It
// returns the length of the shortest stem of an admitted run that begins, or
// goes on, in a state of from and never reaches goal; far if there is none. A
// nil from is an initial state.
func (g small) shortestStem(from, goal func(int) bool, p premises) int {
	all := g.distances(func(Edge[int]) bool { return true })
	off := g.distances(func(e Edge[int]) bool { return !goal(e.From) && !goal(e.To) })
	stem := func(to int) int {
		best := far
		for _, i := range g.initial {
			for via := range g.n {
				if !goal(via) && !goal(to) && (from == nil && via == i || from != nil && from(via)) {
					best = min(best, all[i][via]+off[via][to])
				}
			}
		}
		return best
	}
	best := far
	for i := range g.n {
		if len(g.out[i]) == 0 && len(p.must) == 0 {
			best = min(best, stem(i))
		}
	}
	for set := 1; set < 1<<g.n; set++ {
		within := func(e Edge[int]) bool {
			banned := slices.ContainsFunc(p.mustNot, func(s StepPred[int]) bool { return s(e.From, e.Label, e.To) })
			return set>>e.From&1 == 1 && set>>e.To&1 == 1 && !banned
		}
		var edges []Edge[int]
		for i, steps := range g.out {
			for _, step := range steps {
				if e := (Edge[int]{i, step.Label, step.To}); within(e) {
					edges = append(edges, e)
				}
			}
		}
		d := g.distances(within)
		connected, nearest := len(edges) > 0, far
		for i := range g.n {
			for j := range g.n {
				if set>>i&1 == 1 && set>>j&1 == 1 && d[i][j] >= far {
					connected = false
				}
			}
			if set>>i&1 == 1 {
				nearest = min(nearest, stem(i))
				connected = connected && !goal(i)
			}
		}
		if connected && p.admits(g, edges) {
			best = min(best, nearest)
		}
	}
	return best
}

// simpleLasso tries every run whose loop visits no state twice, by definition
// enough to refute a property with no premise of the kinds that ask for
// something to occur but one.
func (g small) simpleLasso(from, goal func(int) bool, p premises) bool {
	reached := g.distances(func(Edge[int]) bool { return true })
	found := false
	var extend func(path []Edge[int], at int)
	extend = func(path []Edge[int], at int) {
		if goal(at) || found {
			return
		}
		if len(g.out[at]) == 0 && len(p.must) == 0 {
			found = true
			return
		}
		if i := slices.IndexFunc(path, func(e Edge[int]) bool { return e.From == at }); i >= 0 {
			found = p.admits(g, path[i:])
			return
		}
		for _, step := range g.out[at] {
			extend(append(path[:len(path):len(path)], Edge[int]{at, step.Label, step.To}), step.To)
		}
	}
	for _, i := range g.initial {
		for j := range g.n {
			if reached[i][j] < far && (from == nil && i == j || from != nil && from(j)) {
				extend(nil, j)
			}
		}
	}
	return found
}

// shorterLoop tries every closed walk at a state of fewer than n steps.
func (g small) shorterLoop(at, n int, goal func(int) bool, p premises) bool {
	var extend func(walk []Edge[int], i int) bool
	extend = func(walk []Edge[int], i int) bool {
		if len(walk) > 0 && i == at && p.admits(g, walk) {
			return true
		}
		if len(walk) == n-1 {
			return false
		}
		for _, step := range g.out[i] {
			if !goal(step.To) && extend(append(walk[:len(walk):len(walk)], Edge[int]{i, step.Label, step.To}), step.To) {
				return true
			}
		}
		return false
	}
	return extend(nil, at)
}

func TestLivenessAgainstOracles(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 4))
	outcomes, lassos, simple, compared := map[Outcome]int{}, map[int]int{}, 0, 0
	for range 6000 {
		g := randomSmall(rng)
		p, list := randomPremises(rng)
		goal := randomSet(rng, 4)
		prop, from := Eventually("", goal, list...), (func(int) bool)(nil)
		if rng.IntN(2) == 0 {
			from = randomSet(rng, 3)
			prop = LeadsTo("", from, goal, list...)
		}
		stem := g.shortestStem(from, goal, p)
		want := Holds
		switch {
		case stem < far:
			want = Violated
		case g.shortestStem(from, func(int) bool { return false }, p) == far:
			want = Vacuous
		}
		v := Check(g.system(), Limit{}, prop).Verdicts[0]
		outcomes[v.Outcome]++
		if v.Outcome != want || (v.Trace != nil) != (want == Violated) {
			t.Fatalf("%+v %+v: %v, want %v\n%v", g, list, v.Outcome, want, v.Trace)
		}
		if len(p.must)+len(p.fair)+len(p.strong) <= 1 {
			simple++
			if g.simpleLasso(from, goal, p) != (v.Outcome == Violated) {
				t.Fatalf("%+v %+v: %v, but for simple lassos", g, list, v.Outcome)
			}
		}
		if v.Trace == nil {
			continue
		}
		tr := v.Trace
		walked, loop := walk(t, g.system(), tr)
		states := tr.States()
		lassos[len(loop)]++
		if len(walked) != stem {
			t.Fatalf("%+v %+v: the shortest stem has %d steps\n%v", g, list, stem, tr)
		}
		if slices.ContainsFunc(states[tr.Since:], goal) || from == nil && tr.Since != 0 || from != nil && !from(states[tr.Since]) {
			t.Fatalf("%+v %+v: the goal is not missing since %d\n%v", g, list, tr.Since, tr)
		}
		end := states[len(walked)]
		if len(loop) == 0 {
			if len(g.out[end]) > 0 || len(p.must) > 0 {
				t.Fatalf("%+v %+v: the run may not end\n%v", g, list, tr)
			}
			continue
		}
		if !p.admits(g, loop) {
			t.Fatalf("%+v %+v: not admitted\n%v", g, list, tr)
		}
		if len(loop) <= 9 {
			compared++
			if g.shorterLoop(end, len(loop), goal, p) {
				t.Fatalf("%+v %+v: there is a shorter loop\n%v", g, list, tr)
			}
		}
	}
	// So that they are not all alike, and none is left out. Loops are counted by
	// their length.
	got := fmt.Sprint(outcomes, lassos, simple, compared)
	if want := "map[holds:992 VIOLATED:2406 VACUOUS:2602] map[0:1146 1:883 2:291 3:76 4:8 5:1 6:1] 3972 1260"; got != want {
		t.Errorf("outcomes, loops, simple lassos, loops compared: %s, want %s", got, want)
	}
}

// Weakly fair is a step that is possible all the time, strongly fair one that
// is possible again and again.
func TestWeakAndStrongFairness(t *testing.T) {
	goal := func(i int) bool { return i == 9 }
	for name, test := range map[string]struct {
		out          map[int][]Step[int]
		weak, strong Outcome
		premises     []string // labels of the fair steps
	}{
		"always possible":          {map[int][]Step[int]{0: {{"on", 1}, {"go", 9}}, 1: {{"on", 0}, {"go", 9}}}, Holds, Holds, []string{"go"}},
		"again and again":          {map[int][]Step[int]{0: {{"on", 1}, {"go", 9}}, 1: {{"on", 0}}}, Violated, Holds, []string{"go"}},
		"once":                     {map[int][]Step[int]{0: {{"on", 1}, {"go", 9}}, 1: {{"on", 1}}}, Violated, Violated, []string{"go"}},
		"taken, but not there":     {map[int][]Step[int]{0: {{"go", 1}, {"go", 9}}, 1: {{"on", 0}}}, Violated, Violated, []string{"go"}},
		"an end is fair":           {map[int][]Step[int]{0: {{"on", 1}, {"go", 9}}, 1: nil}, Violated, Violated, []string{"go"}},
		"two, one of them here":    {map[int][]Step[int]{0: {{"on", 1}, {"go", 9}}, 1: {{"on", 0}, {"out", 2}}, 2: {{"on", 2}}}, Violated, Violated, []string{"go", "out"}},
		"two, and none elsewhere":  {map[int][]Step[int]{0: {{"on", 1}, {"go", 9}}, 1: {{"on", 0}, {"out", 2}}, 2: {{"on", 0}}}, Violated, Holds, []string{"go", "out"}},
		"without one, another":     {map[int][]Step[int]{0: {{"on", 1}, {"go", 9}}, 1: {{"on", 0}, {"on", 2}}, 2: {{"on", 1}, {"out", 0}}}, Violated, Holds, []string{"go", "out"}},
		"without one, not another": {map[int][]Step[int]{0: {{"on", 1}, {"go", 9}}, 1: {{"on", 0}, {"out", 2}}, 2: {{"on", 1}}}, Violated, Violated, []string{"go", "out"}},
	} {
		sys := System[int]{Initial: []int{0}, Next: func(i int) []Step[int] { return test.out[i] }}
		var weak, strong []Premise[int]
		for _, label := range test.premises {
			weak, strong = append(weak, WeaklyFair(label, Labelled[int](label))), append(strong, StronglyFair(label, Labelled[int](label)))
		}
		r := Check(sys, Limit{}, Eventually("", goal, weak...), Eventually("", goal, strong...))
		if r.Verdicts[0].Outcome != test.weak || r.Verdicts[1].Outcome != test.strong {
			t.Errorf("%s: %v weakly, %v strongly", name, r.Verdicts[0].Outcome, r.Verdicts[1].Outcome)
		}
	}
}
