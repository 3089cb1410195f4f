package modelcheck

// Premise leaves out runs of which a liveness property says nothing. Several
// premises admit the runs that each of them admits. The zero value is invalid.
type Premise[S comparable] struct {
	Name string // the condition, in words
	form form
	step StepPred[S]
}

type form string

const (
	infinitely   form = "infinitely often"
	unless       form = "unless infinitely often"
	weaklyFair   form = "weakly fair"
	stronglyFair form = "strongly fair"
)

// maxPremises leaves one bit of a mask for the loop's own need of an edge.
const maxPremises = 63

// Infinitely admits the runs on which such steps occur infinitely often. A run
// that ends is not one of them.
func Infinitely[S comparable](name string, step StepPred[S]) Premise[S] {
	return Premise[S]{name, infinitely, step}
}

// Unless admits the runs on which such steps do not occur infinitely often, so
// that [Eventually] reads "the goal is reached, unless such steps occur for
// ever". A run that ends is one of them.
func Unless[S comparable](name string, step StepPred[S]) Premise[S] {
	return Premise[S]{name, unless, step}
}

// WeaklyFair admits the runs that take such a step again and again if, from
// some state on, each state has one. A run that ends is one of them. The steps
// are one class: taking one of them is enough.
func WeaklyFair[S comparable](name string, step StepPred[S]) Premise[S] {
	return Premise[S]{name, weaklyFair, step}
}

// StronglyFair admits the runs that take such a step again and again if, again
// and again, there is a state that has one. A run that ends is one of them. The
// steps are one class, as those of [WeaklyFair], which admits more runs.
func StronglyFair[S comparable](name string, step StepPred[S]) Premise[S] {
	return Premise[S]{name, stronglyFair, step}
}

// String returns the form and the name.
func (p Premise[S]) String() string { return string(p.form) + ": " + p.Name }
