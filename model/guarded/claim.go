package guarded

import (
	"fmt"

	"accio/modelcheck"
)

// Claim is a property that both checkers can decide.
type Claim struct {
	Name string // a word, for SPIN
	Text string // the claim, as a sentence
	kind modelcheck.Kind

	from, goal Expr
	why        string
	unless     Expr // if there is a reason why

	fair     string // what is fair, if anything is, strongly or weakly
	strongly bool
	possible Expr // a step of the fair ones
	taken    Expr
	only     bool // Program.Given is no premise
}

// Always claims that e is true of every state.
func Always(name, text string, e Expr) Claim {
	return Claim{Name: name, Text: text, kind: modelcheck.KindAlways, goal: e}
}

// Sometimes claims that e is true of some state.
func Sometimes(name, text string, e Expr) Claim {
	return Claim{Name: name, Text: text, kind: modelcheck.KindSometimes, goal: e}
}

// Eventually claims that every run comes to a state that e is true of.
func Eventually(name, text string, e Expr) Claim {
	return Claim{Name: name, Text: text, kind: modelcheck.KindEventually, goal: e}
}

// LeadsTo claims that every run comes from every state that from is true of to
// one that goal is true of.
func LeadsTo(name, text string, from, goal Expr) Claim {
	return Claim{Name: name, Text: text, kind: modelcheck.KindLeadsTo, from: from, goal: goal}
}

// Unless leaves out the runs on which states that e is true of come up for
// ever. A run must not end in such a state: SPIN would take it to stay there
// for ever.
func (c Claim) Unless(why string, e Expr) Claim {
	c.why, c.unless = why, e
	return c
}

// Fair leaves out the runs that are not fair to steps: those after which taken,
// a flag of theirs alone, is true. They are possible in just the states that
// possible is true of, which is for SPIN. A run is fair if it takes one again
// and again should they be possible again and again (strongly), or all the time
// from some state on (weakly).
func (c Claim) Fair(name string, strongly bool, possible, taken Expr) Claim {
	c.fair, c.strongly, c.possible, c.taken = name, strongly, possible, taken
	return c
}

// Only says that what is fair is premise enough, and [Program.Given] is none.
func (c Claim) Only() Claim {
	c.only = true
	return c
}

// given reports whether [Program.Given] is a premise of the claim.
func (c Claim) given() bool { return !c.Safety() && !c.only }

// Safety reports whether a finite run can decide the claim.
func (c Claim) Safety() bool {
	return c.kind == modelcheck.KindAlways || c.kind == modelcheck.KindSometimes
}

// Reaches reports whether the claim holds if something is found.
func (c Claim) Reaches() bool { return c.kind == modelcheck.KindSometimes }

// Property returns the claim for package modelcheck, with more premises than it
// has if it is no claim of [Claim.Safety].
func (c Claim) Property(premises ...modelcheck.Premise[State]) modelcheck.Property[State] {
	if c.why != "" {
		test := c.unless.Test()
		premises = append(premises, modelcheck.Unless(c.why, func(_ State, _ string, to State) bool { return test(to) }))
	}
	if c.fair != "" {
		test, fair := c.taken.Test(), modelcheck.WeaklyFair[State]
		if c.strongly {
			fair = modelcheck.StronglyFair[State]
		}
		premises = append(premises, fair(c.fair, func(_ State, _ string, to State) bool { return test(to) }))
	}
	switch c.kind {
	case modelcheck.KindAlways:
		return modelcheck.Always(c.Text, c.goal.Test())
	case modelcheck.KindSometimes:
		return modelcheck.Sometimes(c.Text, c.goal.Test())
	case modelcheck.KindEventually:
		return modelcheck.Eventually(c.Text, c.goal.Test(), premises...)
	case modelcheck.KindLeadsTo:
		return modelcheck.LeadsTo(c.Text, c.from.Test(), c.goal.Test(), premises...)
	}
	panic("guarded: claim of no kind: " + c.Name)
}

// formula returns what SPIN is asked to prove; of a claim that Reaches it is
// the negation.
func (c Claim) formula() string {
	var f string
	switch c.kind {
	case modelcheck.KindAlways:
		return fmt.Sprintf("[] (%v)", c.goal)
	case modelcheck.KindSometimes:
		return fmt.Sprintf("[] !(%v)", c.goal)
	case modelcheck.KindEventually:
		f = fmt.Sprintf("<> (%v)", c.goal)
	case modelcheck.KindLeadsTo:
		f = fmt.Sprintf("[] ((%v) -> <> (%v))", c.from, c.goal)
	}
	if c.why != "" {
		f = fmt.Sprintf("(%s) || ([] <> (%v))", f, c.unless)
	}
	if c.fair != "" {
		again := "<> []"
		if c.strongly {
			again = "[] <>"
		}
		f = fmt.Sprintf("(%s) || ((%s (%v)) && (<> [] !(%v)))", f, again, c.possible, c.taken)
	}
	return f
}
