package modelcheck

import (
	"errors"
	"math"
	"testing"
)

// The numbers of states stay below the sentinels whatever the limit says.
func TestNumbersAreBounded(t *testing.T) {
	huge := Limit{States: math.MaxInt}
	if err := huge.admits(math.MaxInt32, 0); !errors.Is(err, ErrBound) {
		t.Error(err)
	}
	if err := huge.admits(math.MaxInt32-1, 0); err != nil {
		t.Error(err)
	}
	if err := (Limit{}).admits(DefaultStates, 0); !errors.Is(err, ErrBound) {
		t.Error(err)
	}
}
