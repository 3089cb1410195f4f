package modelcheck

import "errors"

// Options say how an exploration goes. What it finds, and its numbers, depend
// on Limit and First alone. Next may have been asked for more states than were
// expanded when it ends early.
type Options struct {
	Limit Limit
	// First ends the exploration when a property is violated, once all steps of
	// the state at hand were taken. The counterexample is a shortest one; what
	// was not decided by then is [Undecided].
	First bool
	// Workers is how many goroutines expand states at the same time; zero or
	// less means one. With more, [System.Next], Canonical and the predicates of
	// properties are called by several at once. Numbers of states, counts and
	// traces are the same with any.
	Workers int
	// Progress, if it is not nil, is called with what there is so far whenever
	// 4,096 more states are expanded, by the goroutine that explores.
	Progress func(Progress)
}

// progressEvery is how many states are expanded between two reports.
const progressEvery = 4096

// Progress is how far an exploration has come.
type Progress struct {
	States   int // found
	Expanded int // those of them whose steps were taken
	Edges    int
	Depth    int // of the deepest state found
}

// ErrStopped is the error of an exploration that [Options.First] ended.
var ErrStopped = errors.New("stopped at a violation, exploration incomplete")
