package model_test

import (
	"testing"

	. "accio/model/guarded"
	"accio/modelcheck"
)

// forms is a program whose claims tell apart what the forms of claims mean, and
// formulas that are nearly those. It goes one of five ways: it rings once and
// then round in circles; it rings as often as it likes; it reads a map; it goes
// where a step out is possible now and then, or always.
func forms() (*Program, []modelcheck.Outcome) {
	p := &Program{Name: "the forms of claims"}
	at, ring := p.Var("at", 0), p.Flag("ring")
	i, value := p.Var("i", 0), p.Var("value", 0)
	odd := p.Map("odd", []uint8{5, 5, 7, 5})
	step := func(label string, from, to uint8, do ...Stmt) {
		p.Rule(label, at.Is(from), append(do, Set(at, Num(to)))...)
	}
	step("goes in circles", 0, 1)
	step("rings once", 1, 2, Set(ring, Num(1)))
	step("goes round", 2, 3)
	step("goes round again", 3, 2)
	step("goes to the bell", 0, 4)
	step("rings", 4, 4, Set(ring, Num(1)))
	step("ends", 4, 5)
	step("goes to the map", 0, 6)
	// It goes in circles, and may leave them at one place; it stays at one.
	left := p.Flag("left")
	step("goes to the gate", 0, 7)
	step("goes round past the gate", 7, 8)
	step("goes round to the gate", 8, 7)
	step("leaves at the gate", 7, 5, Set(left, Num(1)))
	step("goes to a door", 0, 10)
	step("stays", 10, 10)
	step("leaves by the door", 10, 5, Set(left, Num(1)))
	p.Rule("reads", And(at.Is(6), i.Get().Below(Num(4))), Set(value, odd.At(i.Get())), Set(i, i.Get().Plus(Num(1))))

	const holds, violated = modelcheck.Holds, modelcheck.Violated
	var outcomes []modelcheck.Outcome
	claim := func(outcome modelcheck.Outcome, c Claim) {
		p.Claim(c)
		outcomes = append(outcomes, outcome)
	}
	never := at.Is(9)
	claim(holds, Always("from_map", "what was read is of the map", Or(i.Is(0), value.Is(5), value.Is(7))))
	claim(violated, Always("all_alike", "all that is read is 5", Or(i.Is(0), value.Is(5))))
	claim(holds, Sometimes("circles", "it goes in circles", at.Is(3)))
	claim(violated, Sometimes("nowhere", "it comes where it never is", never))
	claim(holds, Eventually("leaves", "it leaves the start", Not(at.Is(0))))
	claim(violated, Eventually("bell", "it comes to the bell", at.Is(4)))
	// The ring is heard once only: that is not for ever.
	claim(violated, Eventually("stops", "it comes where it never is", never).Unless("it rings", ring.Is(1)))
	// What this speaks of is not there at the start.
	claim(violated, LeadsTo("out", "the circles lead out", at.Is(1), never))
	claim(violated, LeadsTo("out_unless", "the circles lead out", at.Is(1), never).Unless("it rings", ring.Is(1)))
	claim(holds, LeadsTo("round", "one half leads to the other", at.Is(2), at.Is(3)))
	claim(violated, LeadsTo("quiet", "the bell leads to the end", at.Is(4), at.Is(5)))
	claim(holds, LeadsTo("quiet_unless", "the bell leads to the end", at.Is(4), at.Is(5)).Unless("it rings", ring.Is(1)))
	gate, door := at.Is(7), at.Is(10)
	leaves := Or(gate, door)
	claim(violated, LeadsTo("gate_weak", "the gate leads to the end", gate, at.Is(5)).Fair("leaving", false, leaves, left.Is(1)))
	claim(holds, LeadsTo("gate_strong", "the gate leads to the end", gate, at.Is(5)).Fair("leaving", true, leaves, left.Is(1)))
	claim(holds, LeadsTo("door_weak", "the door leads to the end", door, at.Is(5)).Fair("leaving", false, leaves, left.Is(1)))
	claim(violated, LeadsTo("circles_strong", "the circles lead out", at.Is(1), never).Fair("leaving", true, leaves, left.Is(1)))
	return p, outcomes
}

// Every form of claim means what it says, in both checkers.
func TestFormsOfClaims(t *testing.T) {
	t.Parallel()
	p, want := forms()
	r := p.Check(modelcheck.Limit{})
	if r.States != 17 || r.Edges != 22 || len(r.Verdicts) != 16 {
		t.Errorf("%d states, %d edges, %d claims", r.States, r.Edges, len(r.Verdicts))
	}
	for i, v := range r.Verdicts {
		if v.Outcome != want[i] {
			t.Errorf("%s: %v, want %v", p.Claims[i].Name, v.Outcome, want[i])
		}
	}
	var done compared
	for _, text := range done.compare(open(t, build(t, p)), p) {
		t.Error(text)
	}
	done.check(t, 1, 22, 16)
}
