package modelcheck

import (
	"fmt"
	"slices"
)

// System is what is explored. Two states are one if they are ==; a state that
// is not equal to itself (NaN) is never found again. The zero value has no
// states and is an error to explore.
type System[S comparable] struct {
	// Initial holds the states in which a run may begin; doubles count once.
	Initial []S
	// Next returns the steps of a state, in any order. It must depend on the
	// state alone. It is called once for each reachable state, and again for
	// those of a trace if there is a Canonical.
	Next func(S) []Step[S]
	// AppendNext, if it is not nil, is asked in place of Next: it appends the
	// steps of a state to those given, which saves their allocation.
	AppendNext func([]Step[S], S) []Step[S]
	// Format prints a state. Nil means [fmt.Sprint], which uses a String
	// method where there is one.
	Format func(S) string
	// Canonical, if it is not nil, returns one state for all that are alike,
	// and only that is explored. States are alike if a permutation of states
	// takes one to the other that takes steps to steps, whatever their labels:
	// mostly a renaming of equal parts. The numbers in a [Graph] and a [Report]
	// are then those of canonical states and steps between them. A trace is
	// still a shortest run of the system itself: the path of canonical states
	// is followed from a real initial state by real steps, and the loop is
	// searched for among real states.
	//
	// What a property or a [Premise] says must be the same of states and of
	// steps that are alike; a premise must not tell a step from one to the
	// canonical form of where it leads. [CheckSymmetry] finds out.
	Canonical func(S) S
}

// Step leads from a state, which the context tells, to the next. Steps that
// are equal count once.
type Step[S comparable] struct {
	Label string
	To    S
}

// Edge is a step with both its ends.
type Edge[S comparable] struct {
	From  S
	Label string
	To    S
}

// StepPred is a condition on a step. It must depend on its arguments alone;
// how often it is called is not told.
type StepPred[S comparable] func(from S, label string, to S) bool

// Labelled is true of the steps with one of the labels.
func Labelled[S comparable](labels ...string) StepPred[S] {
	return func(_ S, label string, _ S) bool { return slices.Contains(labels, label) }
}

// AppendSteps appends the steps of s to those given, as Next or AppendNext has them.
func (sys *System[S]) AppendSteps(steps []Step[S], s S) []Step[S] {
	if sys.AppendNext != nil {
		return sys.AppendNext(steps, s)
	}
	return append(steps, sys.Next(s)...)
}

// Show prints a state, by Format or as fmt.Sprint does.
func (sys *System[S]) Show(s S) string {
	if sys.Format != nil {
		return sys.Format(s)
	}
	return fmt.Sprint(s)
}
