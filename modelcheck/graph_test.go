package modelcheck_test

import (
	"fmt"
	"math"
	"runtime"
	"slices"
	"testing"

	. "accio/modelcheck"
)

func size[S comparable](t *testing.T, name string, sys System[S], states, edges, depth int) *Graph[S] {
	t.Helper()
	g, err := Explore(sys, Limit{})
	if err != nil || g.Len() != states || g.EdgeLen() != edges || g.MaxDepth() != depth {
		t.Errorf("%s: %d states, %d edges, depth %d, %v; want %d, %d, %d", name, g.Len(), g.EdgeLen(), g.MaxDepth(), err, states, edges, depth)
	}
	if states < 10_000 {
		valid(t, sys, g)
	}
	// Without a liveness property nothing is stored; the counts are the same.
	r := Check(sys, Limit{}, Always("true", func(S) bool { return true }))
	if !r.OK() || r.States != states || r.Edges != edges || r.Depth != depth {
		t.Errorf("%s: %v", name, r)
	}
	return g
}

// valid checks a graph against the system alone.
func valid[S comparable](t *testing.T, sys System[S], g *Graph[S]) {
	t.Helper()
	var edges []Edge[S]
	for i, s := range g.States() {
		if j, ok := g.Find(s); !ok || i != j || g.State(i) != s {
			t.Fatalf("state %d is found as %d, %v", i, j, ok)
		}
		if i > 0 && g.Depth(i) != g.Depth(i-1) && g.Depth(i) != g.Depth(i-1)+1 {
			t.Fatalf("depth %d follows %d", g.Depth(i), g.Depth(i-1))
		}
		if up, ok := g.Parent(i); ok != (g.Depth(i) > 0) || ok && g.Depth(up) != g.Depth(i)-1 {
			t.Fatalf("state %d of depth %d has parent %d of depth %d, %v", i, g.Depth(i), up, g.Depth(up), ok)
		}
		if g.Depth(i) == 0 && !slices.Contains(sys.Initial, s) {
			t.Fatalf("depth of %v is 0", s)
		}
		for _, step := range sys.Next(s) {
			edge := Edge[S]{s, step.Label, step.To}
			if to, ok := g.Find(step.To); !ok || g.Depth(to) > g.Depth(i)+1 {
				t.Fatalf("%v is %d deep, %v", edge, g.Depth(to), ok)
			}
			if len(edges) < 5000 && !slices.Contains(edges[max(0, len(edges)-50):], edge) {
				edges = append(edges, edge)
			}
		}
	}
	i := 0
	for edge := range g.Edges() {
		if i == len(edges) {
			break
		}
		if edge != edges[i] {
			t.Fatalf("edge %d is %v, want %v", i, edge, edges[i])
		}
		i++
	}
	if i != len(edges) || i != min(5000, g.EdgeLen()) {
		t.Fatalf("%d edges, want %d", i, len(edges))
	}
	path := g.Path(g.Len() - 1)
	walk(t, sys, path)
	if states := path.States(); len(path.Stem) != g.Depth(g.Len()-1) || states[len(states)-1] != g.State(g.Len()-1) {
		t.Fatalf("path to the last state: %v", path)
	}
}

func TestKnownSizes(t *testing.T) {
	size(t, "counter", counter(10), 10, 10, 9)
	size(t, "self loop", counter(1), 1, 1, 0)
	size(t, "line", line(10), 11, 10, 10)
	size(t, "cube", cube(12), 1<<12, 12<<12, 12)
	size(t, "hanoi", hanoi(5), 243, 243*3-3, 31)
	size(t, "philosophers", philosophers(2), 6, 8, 2)
	for n, lucas := range map[int]int{3: 14, 4: 34, 5: 82, 6: 198} {
		g, err := Explore(philosophers(n), Limit{})
		if err != nil || g.Len() != lucas {
			t.Errorf("%d philosophers: %d states, %v; want %d", n, g.Len(), err, lucas)
		}
	}
	g := size(t, "8-puzzle", puzzle(), 181440, 483840, 31)
	if n := g.Len(); g.Depth(n-2) != 31 || g.Depth(n-3) != 30 { // two positions are 31 moves away
		t.Errorf("the last positions of the 8-puzzle are %d and %d deep", g.Depth(n-3), g.Depth(n-2))
	}
}

func TestEqualStepsCountOnce(t *testing.T) {
	sys := System[int]{Initial: []int{0, 0, 3, 0}, Next: func(i int) []Step[int] {
		return []Step[int]{{"a", 1}, {"b", 1}, {"a", 1}, {"a", 2}, {"b", 1}, {"a", i}}
	}}
	g := size(t, "equal steps", sys, 4, 3+3+4+4, 1)
	var edges []Edge[int]
	for e := range g.Edges() {
		edges = append(edges, e)
	}
	want := []Edge[int]{{0, "a", 1}, {0, "b", 1}, {0, "a", 2}, {0, "a", 0}, {3, "a", 1}}
	if !slices.Equal(edges[:5], want) {
		t.Errorf("edges %v, want %v", edges[:5], want)
	}
	seen := map[Edge[int]]bool{}
	Check(sys, Limit{}, StepAlways("count", func(from int, label string, to int) bool { seen[Edge[int]{from, label, to}] = true; return true }))
	if len(seen) != 14 {
		t.Errorf("StepAlways saw %d steps", len(seen))
	}
	if _, ok := g.Find(7); ok {
		t.Error("found a state that is not there")
	}
}

func TestNextIsCalledOnceForEachState(t *testing.T) {
	calls := map[string]int{}
	sys := philosophers(3)
	next := sys.Next
	sys.Next = func(s string) []Step[string] { calls[s]++; return next(s) }
	p := Eventually("eats", func(s string) bool { return false }, WeaklyFair("eat", Labelled[string]("eat")))
	eats := Sometimes("eats", func(s string) bool { return s == "LET" })
	if r := Check(sys, Limit{}, p, p, eats); r.States != 14 || len(calls) != 14 || r.Verdicts[2].Trace == nil {
		t.Errorf("%d states, %d calls", r.States, len(calls))
	}
	for s, n := range calls {
		if n != 1 {
			t.Errorf("%d calls for %s", n, s)
		}
	}
}

func TestOrderIsTheSameEveryTime(t *testing.T) {
	a, _ := Explore(hanoi(4), Limit{})
	for range 5 {
		b, _ := Explore(hanoi(4), Limit{})
		if b.Len() != 81 {
			t.Fatalf("%d states", b.Len())
		}
		for i, s := range a.States() {
			if b.State(i) != s {
				t.Fatalf("state %d is %v, then %v", i, s, b.State(i))
			}
		}
	}
}

func TestStatesOfAnyComparableType(t *testing.T) {
	type mixed struct {
		name string
		any  any
		f    float64
		p    *int
	}
	n := 1
	sys := System[mixed]{Initial: []mixed{{"", nil, 0, nil}}, Next: func(m mixed) []Step[mixed] {
		return []Step[mixed]{{"a", mixed{"x", 1, 0.5, &n}}, {"b", mixed{"x", "1", 0.5, &n}}, {"c", mixed{fmt.Sprint("", ""), nil, math.Copysign(0, -1), nil}}}
	}}
	size(t, "mixed", sys, 3, 9, 1) // 0 == -0
}

// What a graph says that it takes is what the heap has of it.
func TestBytes(t *testing.T) {
	used := func() int {
		var m runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&m)
		return int(m.HeapAlloc)
	}
	const n = 1 << 18
	before := used()
	g, err := Explore(System[[3]int]{Initial: [][3]int{{}}, Next: func(s [3]int) []Step[[3]int] {
		return []Step[[3]int]{{"on", [3]int{(s[0] + 1) % n}}}
	}}, Limit{})
	if err != nil {
		t.Fatal(err)
	}
	took := used() - before
	if got := g.Bytes(); got < took*95/100 || got > took*105/100 {
		t.Errorf("%d bytes, on the heap %d", got, took)
	}
	runtime.KeepAlive(g)
}
