package modelcheck

// Property is a claim about a system. The zero value is none and stays
// [Undecided]. Its predicates must depend on their arguments alone.
type Property[S comparable] struct {
	Name string // the claim, as a sentence
	kind Kind

	// Safety and reachability: what the exploration looks for.
	state, end func(S) bool
	step       StepPred[S]

	// Liveness: after from or, of Eventually, after an initial state, goal.
	from, goal func(S) bool
	premises   []Premise[S]
}

// Kind is the form of a [Property]. The zero value is none.
type Kind string

// The kinds, one for each constructor.
const (
	KindAlways        Kind = "always"
	KindStepAlways    Kind = "step always"
	KindNoDeadlock    Kind = "no deadlock"
	KindSometimes     Kind = "sometimes"
	KindSometimesStep Kind = "sometimes step"
	KindEventually    Kind = "eventually"
	KindLeadsTo       Kind = "leads to"
)

// Always holds if pred is true of every reachable state. The counterexample
// ends in a nearest state that it is not true of.
func Always[S comparable](name string, pred func(S) bool) Property[S] {
	return Property[S]{Name: name, kind: KindAlways, state: func(s S) bool { return !pred(s) }}
}

// StepAlways holds if pred is true of every step of a reachable state. The
// counterexample ends with a nearest step that it is not true of.
func StepAlways[S comparable](name string, pred StepPred[S]) Property[S] {
	return Property[S]{Name: name, kind: KindStepAlways, step: func(from S, label string, to S) bool { return !pred(from, label, to) }}
}

// NoDeadlock holds if every reachable state that has no step is allowed. A nil
// allowed allows none.
func NoDeadlock[S comparable](name string, allowed func(S) bool) Property[S] {
	return Property[S]{Name: name, kind: KindNoDeadlock, end: func(s S) bool { return allowed == nil || !allowed(s) }}
}

// Sometimes holds if pred is true of some reachable state; the trace is then a
// shortest way there. It guards an [Always] against being true of nothing.
func Sometimes[S comparable](name string, pred func(S) bool) Property[S] {
	return Property[S]{Name: name, kind: KindSometimes, state: pred}
}

// SometimesStep holds if pred is true of some step of a reachable state; the
// trace is then a shortest way through such a step.
func SometimesStep[S comparable](name string, pred StepPred[S]) Property[S] {
	return Property[S]{Name: name, kind: KindSometimesStep, step: pred}
}

// Eventually holds if every run that the premises admit reaches a state that
// goal is true of. The counterexample is such a run that never does: it ends
// in a state without a step, or in a loop. It panics on more than 63 premises
// and on a zero one.
func Eventually[S comparable](name string, goal func(S) bool, premises ...Premise[S]) Property[S] {
	return live(Property[S]{Name: name, kind: KindEventually, goal: goal, premises: premises})
}

// LeadsTo holds if every run that the premises admit reaches, from each state
// that from is true of, a state that goal is true of. The same state will do.
// It panics as [Eventually] does.
func LeadsTo[S comparable](name string, from, goal func(S) bool, premises ...Premise[S]) Property[S] {
	return live(Property[S]{Name: name, kind: KindLeadsTo, from: from, goal: goal, premises: premises})
}

func live[S comparable](p Property[S]) Property[S] {
	if len(p.premises) > maxPremises {
		panic("modelcheck: more than 63 premises: " + p.Name)
	}
	for _, premise := range p.premises {
		if premise.step == nil {
			panic("modelcheck: premise without steps: " + p.Name)
		}
	}
	return p
}

func (p *Property[S]) liveness() bool { return p.kind == KindEventually || p.kind == KindLeadsTo }

// reaches reports whether finding what the property looks for proves it.
func (p *Property[S]) reaches() bool { return p.kind == KindSometimes || p.kind == KindSometimesStep }
