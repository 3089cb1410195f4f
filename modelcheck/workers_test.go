package modelcheck_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	. "accio/modelcheck"
)

// binary counts to n by adding one or doubling, so that states are found from
// afar. Its labels are new again and again, some steps are the same, and it
// appends them if that is asked for.
func binary(n int, appends bool) System[int] {
	next := func(steps []Step[int], i int) []Step[int] {
		if i >= n {
			return steps
		}
		return append(steps, Step[int]{fmt.Sprint("add at ", i/1000), i + 1}, Step[int]{"double", 2 * i}, Step[int]{"double", 2 * i}, Step[int]{"zero", 0})
	}
	if appends {
		return System[int]{Initial: []int{1}, AppendNext: next}
	}
	return System[int]{Initial: []int{1}, Next: func(i int) []Step[int] { return next(nil, i) }}
}

// told is all that a graph tells.
type told struct {
	states, parents []int
	edges           []Edge[int]
	rest            string
}

func all(g *Graph[int], err error) (t told) {
	for i, s := range g.States() {
		parent, _ := g.Parent(i)
		t.states, t.parents = append(t.states, s), append(t.parents, parent)
	}
	t.edges = slices.Collect(g.Edges())
	t.rest = fmt.Sprint(g.Len(), g.EdgeLen(), g.MaxDepth(), err)
	return t
}

func (t told) equal(u told) bool {
	return slices.Equal(t.states, u.states) && slices.Equal(t.parents, u.parents) && slices.Equal(t.edges, u.edges) && t.rest == u.rest
}

// However many goroutines explore, the states have the same numbers, the edges
// the same order and the reports the same traces, of a whole exploration as of
// one that ends early.
func TestWorkersChangeNothing(t *testing.T) {
	small := func(i int) bool { return i < 9_000 }
	props := []Property[int]{
		Always("small", small), Sometimes("7913", func(i int) bool { return i == 7_913 }), NoDeadlock("ends", func(i int) bool { return i%2 == 0 }),
		StepAlways("never from 5777", func(i int, label string, _ int) bool { return i != 5777 || label != "double" }),
		LeadsTo("ends", small, func(i int) bool { return !small(i) }, Unless("zero", Labelled[int]("zero"))),
	}
	reports, n := 0, 6_000
	for _, opts := range []Options{{}, {Limit: Limit{States: 7_000}}, {Limit: Limit{Depth: 14}}, {First: true}} {
		var want Report[int]
		var graph told
		var reported []Progress
		for _, workers := range []int{0, 1, 2, 5} {
			var progress []Progress
			opts.Workers, opts.Progress = workers, func(p Progress) { progress = append(progress, p) }
			sys := binary(n, workers%2 == 1)
			r, g := CheckContext(t.Context(), sys, opts, props...), all(ExploreContext(t.Context(), sys, opts))
			if workers == 0 {
				want, graph, reported = r, g, progress
				if reports += len(progress); r.States < 1000 || len(g.edges) < 1000 {
					t.Fatal(r, len(g.edges))
				}
			}
			if r.String() != want.String() || !g.equal(graph) || !slices.Equal(progress, reported) {
				t.Errorf("%d workers: %v\n%v, want %v\n%v", workers, r, progress, want, reported)
			}
			for i, v := range r.Verdicts {
				if (v.Trace == nil) != (want.Verdicts[i].Trace == nil) || v.Trace != nil && v.Trace.String() != want.Verdicts[i].Trace.String() {
					t.Errorf("%d workers: %v, want %v", workers, v.Trace, want.Verdicts[i].Trace)
				}
			}
		}
	}
	if reports != 8 {
		t.Errorf("%d reports of progress", reports)
	}
}

// Every worker stops when the context is done; what was found is a part of the
// whole, and its states have their numbers.
func TestWorkersAreCancelled(t *testing.T) {
	whole, err := Explore(binary(10_000, false), Limit{})
	if err != nil {
		t.Fatal(err)
	}
	for _, at := range []int{1, 100, 5_000} {
		ctx, cancel := context.WithCancel(t.Context())
		sys := binary(10_000, false)
		next, asked := sys.Next, atomic.Int64{}
		sys.Next = func(i int) []Step[int] {
			if asked.Add(1) == int64(at) {
				cancel()
			}
			return next(i)
		}
		g, err := ExploreContext(ctx, sys, Options{Workers: 3})
		if !errors.Is(err, context.Canceled) || g.Len() >= whole.Len() || asked.Load() > int64(at+3) {
			t.Errorf("cancelled at %d: %d states, %d asked, %v", at, g.Len(), asked.Load(), err)
		}
		for i, s := range g.States() {
			if whole.State(i) != s {
				t.Fatalf("cancelled at %d: state %d is %d, not %d", at, i, s, whole.State(i))
			}
		}
	}
}

// With two workers two goroutines are at work at the same time: while Next takes
// its time for the first state, it is asked for others. With one it is not.
func TestWorkersWorkTogether(t *testing.T) {
	for workers, together := range map[int]bool{-1: false, 0: false, 1: false, 2: true} {
		synctest.Test(t, func(t *testing.T) {
			var asked atomic.Int64
			others := false
			sys := System[int]{Next: func(i int) []Step[int] {
				if before := asked.Add(1); i == 0 {
					time.Sleep(time.Second)
					others = asked.Load() > before
				}
				return nil
			}}
			for i := range 200 {
				sys.Initial = append(sys.Initial, i)
			}
			if g, err := ExploreContext(t.Context(), sys, Options{Workers: workers}); err != nil || g.Len() != 200 || others != together {
				t.Errorf("%d workers: %d states, %v, together: %v", workers, g.Len(), err, others)
			}
		})
	}
}
