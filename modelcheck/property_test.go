package modelcheck_test

import (
	"slices"
	"strings"
	"testing"

	. "accio/modelcheck"
)

func outcomes[S comparable](r Report[S]) (all []Outcome) {
	for _, v := range r.Verdicts {
		all = append(all, v.Outcome)
	}
	return all
}

func TestPeterson(t *testing.T) {
	sys := petersons()
	acts := func(i int, label string) Premise[peterson] {
		return WeaklyFair(label+" goes on", func(from peterson, l string, _ peterson) bool { return l == label && from.pc[i] != 0 })
	}
	waits := func(s peterson) bool { return s.pc[0] == 1 }
	enters := func(s peterson) bool { return s.pc[0] == 3 }
	r := Check(sys, Limit{},
		Always("one at most is critical", func(s peterson) bool { return s.pc != [2]int{3, 3} }),
		Sometimes("both wait", func(s peterson) bool { return s.pc == [2]int{2, 2} }),
		NoDeadlock[peterson]("somebody can act", nil),
		LeadsTo("who waits enters", waits, enters),
		LeadsTo("who waits enters", waits, enters, acts(0, "p")),
		LeadsTo("who waits enters", waits, enters, acts(0, "p"), acts(1, "q")),
		Eventually("somebody enters", enters, acts(0, "p"), acts(1, "q")),
	)
	want := []Outcome{Holds, Holds, Holds, Violated, Violated, Holds, Violated}
	if !slices.Equal(outcomes(r), want) {
		t.Errorf("%v\nwant %v", r, want)
	}
	for _, v := range r.Verdicts {
		if v.Trace != nil {
			walk(t, sys, v.Trace)
		}
	}
}

func TestPhilosophers(t *testing.T) {
	r := Check(philosophers(5), Limit{},
		NoDeadlock[string]("no deadlock", nil),
		NoDeadlock("but for one", func(s string) bool { return s == "LLLLL" }),
		Eventually("somebody eats", func(s string) bool { return strings.Contains(s, "E") }),
		Eventually("all have a fork or somebody eats", func(s string) bool { return strings.Contains(s, "E") || s == "LLLLL" }),
	)
	if want := []Outcome{Violated, Holds, Violated, Holds}; !slices.Equal(outcomes(r), want) {
		t.Errorf("%v\nwant %v", r, want)
	}
	for _, i := range []int{0, 2} {
		tr := r.Verdicts[i].Trace
		walk(t, philosophers(5), tr)
		if states := tr.States(); len(tr.Stem) != 5 || len(tr.Loop) != 0 || states[5] != "LLLLL" {
			t.Error(tr)
		}
	}
}

func TestHanoiIsSolvedInTheLeastMoves(t *testing.T) {
	for n := 1; n <= 7; n++ {
		solved := strings.Repeat("c", n)
		v := Check(hanoi(n), Limit{}, Sometimes("solved", func(s string) bool { return s == solved })).Verdicts[0]
		if v.Outcome != Holds || len(v.Trace.Stem) != 1<<n-1 {
			t.Errorf("%d discs: %v", n, v.Trace)
		}
		walk(t, hanoi(n), v.Trace)
	}
}

// A client may send data for ever; unless it does, the session ends.
func TestEndsUnlessDataForEver(t *testing.T) {
	session := System[string]{Initial: []string{"open"}, Next: func(s string) []Step[string] {
		if s == "open" {
			return []Step[string]{{"data", "open"}, {"close", "ended"}, {"pause", "paused"}}
		}
		if s == "paused" {
			return []Step[string]{{"resume", "open"}}
		}
		return nil
	}}
	ended := func(s string) bool { return s == "ended" }
	data := Unless("data", Labelled[string]("data"))
	r := Check(session, Limit{},
		Eventually("ends", ended),
		Eventually("ends", ended, data),
		Eventually("ends", ended, data, Unless("pause", Labelled[string]("pause"))),
		Eventually("ends", ended, Infinitely("data", Labelled[string]("data"))),
		Eventually("ends", ended, Infinitely("close", Labelled[string]("close"))),
		Eventually("ends", ended, data, WeaklyFair("close", Labelled[string]("close"))),
		Eventually("ends", ended, data, WeaklyFair("go on", Labelled[string]("close", "resume"))),
		Eventually("is open", func(s string) bool { return s == "open" }),
		LeadsTo("closed ends", func(s string) bool { return s == "closed" }, ended),
	)
	want := []Outcome{Violated, Violated, Holds, Violated, Vacuous, Violated, Violated, Holds, Vacuous}
	if !slices.Equal(outcomes(r), want) {
		t.Errorf("%v\nwant %v", r, want)
	}
	for i, loop := range map[int]string{0: "data", 1: "pause resume", 3: "data", 5: "pause resume", 6: "pause resume"} {
		if got := strings.Join(r.Verdicts[i].Trace.Labels(), " "); got != loop {
			t.Errorf("%d: %s, want %s", i, got, loop)
		}
	}
	if got := strings.Join(r.Verdicts[5].Premises, ", "); got != "unless infinitely often: data, weakly fair: close" {
		t.Error(got)
	}
}

// One loop cannot meet both premises without taking a state twice.
func TestLoopMeetsAllPremises(t *testing.T) {
	flower := System[int]{Initial: []int{9}, Next: func(i int) []Step[int] {
		switch i {
		case 9:
			return []Step[int]{{"in", 0}}
		case 0:
			return []Step[int]{{"a", 1}, {"b", 2}, {"c", 3}}
		}
		return []Step[int]{{"back", 0}}
	}}
	v := Check(flower, Limit{}, Eventually("7", func(i int) bool { return i == 7 },
		Infinitely("a", Labelled[int]("a")), Infinitely("b", Labelled[int]("b")), Infinitely("c", Labelled[int]("c")))).Verdicts[0]
	if got := strings.Join(v.Trace.Labels(), " "); got != "in a back b back c back" || len(v.Trace.Stem) != 1 {
		t.Errorf("%v", v.Trace)
	}
}

// The stack of a recursive search would be as deep as the system.
func TestDeepLoop(t *testing.T) {
	const n = 30_000
	v := Check(counter(n), Limit{}, Eventually("-1", func(i int) bool { return i < 0 })).Verdicts[0]
	if v.Outcome != Violated || len(v.Trace.Stem) != 0 || len(v.Trace.Loop) != n {
		t.Errorf("%+v", v.Outcome)
	}
}

func TestInvalidPremises(t *testing.T) {
	fair := slices.Repeat([]Premise[int]{WeaklyFair("tick", Labelled[int]("tick"))}, 64)
	never := func(int) bool { return false }
	if v := Check(counter(3), Limit{}, Eventually("never", never, fair[:63]...)).Verdicts[0]; v.Outcome != Violated {
		t.Errorf("%+v", v)
	}
	for i, premises := range [][]Premise[int]{fair, {{}}} {
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("%d: accepted", i)
				}
			}()
			LeadsTo("never", never, never, premises...)
		}()
	}
}

// A predicate that is missing must not make a property pass.
func TestMissingPredicate(t *testing.T) {
	props := []func() Property[int]{
		func() Property[int] { return Always[int]("", nil) },
		func() Property[int] { return StepAlways[int]("", nil) },
		func() Property[int] { return Sometimes[int]("", nil) },
		func() Property[int] { return SometimesStep[int]("", nil) },
		func() Property[int] { return Eventually[int]("", nil) },
		func() Property[int] { return LeadsTo[int]("", nil, func(int) bool { return true }) },
	}
	for i, prop := range props {
		func() {
			defer func() { recover() }()
			if r := Check(counter(3), Limit{}, prop()); r.OK() {
				t.Errorf("%d: %v", i, r)
			}
		}()
	}
}
