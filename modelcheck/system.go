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
	// state alone. It is called once for each reachable state.
	Next func(S) []Step[S]
	// Format prints a state. Nil means [fmt.Sprint], which uses a String
	// method where there is one.
	Format func(S) string
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

func (sys *System[S]) format(s S) string {
	if sys.Format != nil {
		return sys.Format(s)
	}
	return fmt.Sprint(s)
}
