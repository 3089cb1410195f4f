package modelcheck_test

import (
	"context"
	"errors"
	"reflect"
	"slices"
	"testing"

	. "accio/modelcheck"
)

// countdown is a context that is done when it has been asked so many times.
type countdown struct {
	context.Context
	left int
	done bool // it has said so
}

func (c *countdown) Err() error {
	if c.left == 0 {
		c.done = true
		return context.DeadlineExceeded
	}
	c.left--
	return nil
}

// Whenever the context is done, exploring or searching for a loop, nothing is
// done any more, and nothing passes that was not decided.
func TestCancelled(t *testing.T) {
	for _, goal := range []int{5, 7} { // reached, and never reached
		for n := 0; ; n++ {
			ctx := &countdown{context.Background(), n, false}
			late := func() {
				if ctx.done {
					t.Fatalf("something is done after question %d", n)
				}
			}
			tick := func(int, string, int) bool { late(); return true }
			r := CheckContext(ctx, counter(6), Options{}, LeadsTo("", func(i int) bool { late(); return i == 2 }, func(i int) bool { late(); return i == goal },
				Infinitely("tick", tick), WeaklyFair("tick", tick), StronglyFair("tick", tick), Unless("never", func(int, string, int) bool { late(); return false })))
			if r.Err == nil {
				want := map[int]Outcome{5: Holds, 7: Violated}[goal]
				if n < 30 || ctx.done || r.Verdicts[0].Outcome != want {
					t.Errorf("goal %d, after %d questions: %v", goal, n, r)
				}
				break
			}
			if !errors.Is(r.Err, context.DeadlineExceeded) || r.Verdicts[0].Outcome != Undecided || r.Verdicts[0].Trace != nil || r.OK() {
				t.Fatalf("goal %d, after %d questions: %v", goal, n, r)
			}
			if r.States != min(n+1, 6) || r.Edges != min(n, 6) {
				t.Errorf("after %d questions: %d states, %d edges", n, r.States, r.Edges)
			}
		}
	}
}

// The cause of the context is what the caller hears.
func TestCause(t *testing.T) {
	ctx, cancel := context.WithCancelCause(t.Context())
	cause := errors.New("enough")
	cancel(cause)
	if g, err := ExploreContext(ctx, counter(3), Options{}); !errors.Is(err, cause) || g.Len() != 1 {
		t.Error(g.Len(), err)
	}
	ctx, cancel = context.WithCancelCause(t.Context())
	late := Eventually("", func(int) bool { cancel(cause); return false })
	if r := CheckContext(ctx, counter(3), Options{}, late, late); !errors.Is(r.Err, cause) || r.States != 3 || r.Verdicts[1].Outcome != Undecided {
		t.Error(r)
	}
}

// Progress is told in numbers that do not depend on the machine.
func TestProgress(t *testing.T) {
	var got []Progress
	opts := Options{Progress: func(p Progress) { got = append(got, p) }}
	r := CheckContext(t.Context(), puzzle(), opts, Always("small", func([9]byte) bool { return true }))
	if len(got) != (181440-1)/4096 || !r.OK() {
		t.Fatal(len(got), r)
	}
	last := Progress{}
	for i, p := range got {
		if p.Expanded != 4096*(i+1) || p.States <= max(p.Expanded, last.States-1) || p.Edges <= last.Edges || p.Depth < last.Depth {
			t.Errorf("%+v after %+v", p, last)
		}
		last = p
	}
	if want := (Progress{6403, 4096, 11038, 15}); got[0] != want {
		t.Errorf("%+v, want %+v", got[0], want)
	}
}

// With First the exploration ends at the first violation. Its counterexample is
// the one that a whole exploration finds; what was not decided does not pass.
func TestFirst(t *testing.T) {
	sys, first := hanoi(5), Options{First: true}
	below := func(label string) StepPred[string] {
		return func(_ string, l string, _ string) bool { return l != label }
	}
	is := func(s string) func(string) bool { return func(x string) bool { return x == s } }
	not := func(s string) func(string) bool { return func(x string) bool { return x != s } }
	for name, test := range map[string]struct {
		props  []Property[string]
		states int
		want   []Outcome
	}{
		"state":    {[]Property[string]{Sometimes("b", is("baaaa")), Always("not c", not("caaaa")), Always("not cbaaa", not("cbaaa"))}, 3, []Outcome{Undecided, Violated, Undecided}},
		"initial":  {[]Property[string]{Always("not a", not("aaaaa"))}, 1, []Outcome{Violated}},
		"step":     {[]Property[string]{SometimesStep("ab", Labelled[string]("ab")), StepAlways("not ac", below("ac")), Always("all", not("ccccc"))}, 3, []Outcome{Undecided, Violated, Undecided}},
		"none":     {[]Property[string]{Always("legal", not("d")), Sometimes("last", is("ccccc"))}, 243, []Outcome{Holds, Holds}},
		"last":     {[]Property[string]{Always("not last", not("ccccc"))}, 0, []Outcome{Violated}},
		"liveness": {[]Property[string]{Eventually("ends", is("ccccc")), Eventually("again", is("ccccc")), Always("legal", not("d"))}, 243, []Outcome{Violated, Undecided, Holds}},
		"before":   {[]Property[string]{Eventually("starts", is("aaaaa"), Infinitely("none", Labelled[string]())), Always("not b", not("baaaa"))}, 3, []Outcome{Undecided, Violated}},
	} {
		r, whole := CheckContext(t.Context(), sys, first, test.props...), Check(sys, Limit{}, test.props...)
		if test.states == 0 {
			// The state is found with no more than its own level.
			if r.States <= 200 || r.States > 243 || len(r.Verdicts[0].Trace.Stem) != 31 {
				t.Errorf("%s: %v", name, r)
			}
			continue
		}
		if r.States != test.states || (r.Err != nil) != slices.Contains(test.want, Undecided) && r.States == 243 || r.Err != nil && !errors.Is(r.Err, ErrStopped) {
			t.Errorf("%s: %v", name, r)
		}
		for i, v := range r.Verdicts {
			if v.Outcome != test.want[i] || v.Outcome == Violated && !reflect.DeepEqual(v.Trace.Labels(), whole.Verdicts[i].Trace.Labels()) {
				t.Errorf("%s: %v, want %v\n%v", name, v.Outcome, test.want[i], v.Trace)
			}
		}
	}
	// A last state without a step that is not allowed: nothing was left out.
	if r := CheckContext(t.Context(), line(5), Options{First: true}, NoDeadlock[int]("", nil), Sometimes("", func(i int) bool { return i == 9 })); r.Err != nil || r.Verdicts[1].Outcome != Violated {
		t.Error(r)
	}
}
