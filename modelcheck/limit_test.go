package modelcheck_test

import (
	"errors"
	"strings"
	"testing"

	. "accio/modelcheck"
)

// every property here would hold on the whole system.
func everyKind() []Property[int] {
	yes := func(int) bool { return true }
	step := func(int, string, int) bool { return true }
	return []Property[int]{
		Always("a", yes), StepAlways("b", step), NoDeadlock("c", yes), Sometimes("d", yes), SometimesStep("e", step),
		Eventually("f", yes), LeadsTo("g", yes, yes), Eventually("h", yes, Unless("never", Labelled[int]())),
	}
}

func TestBoundIsAFailure(t *testing.T) {
	if r := Check(counter(10), Limit{States: 10, Depth: 9}, everyKind()...); !r.OK() || r.Err != nil {
		t.Errorf("a limit that is filled exactly: %v", r)
	}
	for _, limit := range []Limit{{States: 9}, {Depth: 8}, {States: 1}, {Depth: 1}, {States: 9, Depth: 9}, {States: 10, Depth: 8}} {
		r := Check(counter(10), limit, everyKind()...)
		if r.OK() || len(r.Verdicts) != 8 || !errors.Is(r.Err, ErrBound) || !strings.Contains(r.String(), "INCOMPLETE: bound hit") {
			t.Errorf("%+v: %v", limit, r)
		}
		for _, v := range r.Verdicts {
			if v.Outcome != Undecided {
				t.Errorf("%+v: %+v", limit, v)
			}
		}
		g, err := Explore(counter(10), limit)
		if !errors.Is(err, ErrBound) || g.Len() != r.States || g.EdgeLen() != g.Len()-1 || g.MaxDepth() != g.Len()-1 {
			t.Errorf("%+v: %d states, %d edges, depth %d, %v", limit, g.Len(), g.EdgeLen(), g.MaxDepth(), err)
		}
		edges := 0
		for range g.Edges() {
			edges++
		}
		if edges != g.EdgeLen() {
			t.Errorf("%+v: %d of %d edges", limit, edges, g.EdgeLen())
		}
	}
}

func TestBoundErrorSaysWhich(t *testing.T) {
	for limit, want := range map[Limit]BoundError{{States: 4}: {"states", 4}, {Depth: 5}: {"steps deep", 5}} {
		_, err := Explore(counter(10), limit)
		var got *BoundError
		if !errors.As(err, &got) || *got != want {
			t.Errorf("%+v: %v", limit, err)
		}
	}
	three := System[int]{Initial: []int{1, 2, 3}, Next: func(int) []Step[int] { return nil }}
	if g, err := Explore(three, Limit{States: 2}); !errors.Is(err, ErrBound) || g.Len() != 2 {
		t.Errorf("three initial states: %d, %v", g.Len(), err)
	}
}

func TestViolationBeforeTheBoundStands(t *testing.T) {
	endless := System[int]{Initial: []int{0}, Next: func(i int) []Step[int] { return []Step[int]{{"up", i + 1}} }}
	r := Check(endless, Limit{States: 1000}, Always("below 5", func(i int) bool { return i < 5 }),
		Sometimes("7", func(i int) bool { return i == 7 }), Sometimes("-1", func(i int) bool { return i < 0 }))
	if v := r.Verdicts[0]; v.Outcome != Violated || len(v.Trace.Stem) != 5 {
		t.Errorf("%+v", v)
	}
	if v := r.Verdicts[1]; v.Outcome != Undecided || len(v.Trace.Stem) != 7 {
		t.Errorf("%+v", v)
	}
	if v := r.Verdicts[2]; v.Outcome != Undecided || v.Trace != nil {
		t.Errorf("%+v", v)
	}
}

func TestDefaultLimit(t *testing.T) {
	nothing := System[int]{Initial: []int{0}, Next: func(i int) []Step[int] { return nil }}
	for _, limit := range []Limit{{}, {States: -1, Depth: -1}, {States: 1 << 40}} {
		if r := Check(nothing, limit, everyKind()[0]); !r.OK() {
			t.Errorf("%+v: %v", limit, r)
		}
	}
}

func TestNothingIsNotAPass(t *testing.T) {
	var none System[int]
	if _, err := Explore(none, Limit{}); !errors.Is(err, ErrNoInitial) {
		t.Error(err)
	}
	r := Check(none, Limit{}, everyKind()...)
	if r.OK() || len(r.Verdicts) != 8 || !errors.Is(r.Err, ErrNoInitial) {
		t.Error(r)
	}
	for _, v := range r.Verdicts {
		if v.Outcome != Undecided {
			t.Errorf("%+v", v)
		}
	}
	if r := Check(counter(3), Limit{}); r.OK() || r.Err != nil {
		t.Errorf("no property: %v", r)
	}
	if r := (Report[int]{Err: ErrBound, Verdicts: []Verdict[int]{{Outcome: Holds}}}); r.OK() {
		t.Errorf("incomplete: %v", r)
	}
	if r := Check(counter(3), Limit{}, Property[int]{Name: "zero"}); r.OK() || r.Verdicts[0].Outcome != Undecided {
		t.Errorf("zero property: %v", r)
	}
}
