package modelcheck

import (
	"errors"
	"fmt"
	"math"
)

// DefaultStates is the limit on states where [Limit] sets none.
const DefaultStates = 10_000_000

// maxStates keeps the numbers of states below the sentinels.
const maxStates = math.MaxInt32

// Limit bounds an exploration. It is hit by the first state beyond it, not by
// a system that fills it exactly.
type Limit struct {
	States int // most states; zero or less means DefaultStates; at most 2³¹-1
	Depth  int // most steps from an initial state; zero or less means any number
}

// ErrBound is wrapped by every [*BoundError].
var ErrBound = errors.New("bound hit, exploration incomplete")

// ErrNoInitial is the error of a system without an initial state.
var ErrNoInitial = errors.New("no initial state")

// BoundError says which part of a [Limit] was hit.
type BoundError struct {
	What string // "states" or "steps deep"
	Max  int    // the limit
}

func (e *BoundError) Error() string {
	return fmt.Sprintf("%v: more than %d %s", ErrBound, e.Max, e.What)
}

// Unwrap returns [ErrBound].
func (e *BoundError) Unwrap() error { return ErrBound }

// admits returns a *BoundError if the limit forbids one more state, at depth,
// beside the states there are.
func (l Limit) admits(states, depth int) error {
	most := l.States
	if most <= 0 {
		most = DefaultStates
	}
	most = min(most, maxStates)
	if states >= most {
		return &BoundError{"states", most}
	}
	if l.Depth > 0 && depth > l.Depth {
		return &BoundError{"steps deep", l.Depth}
	}
	return nil
}
