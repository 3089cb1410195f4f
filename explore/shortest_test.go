package explore

import (
	"fmt"
	"testing"
)

func TestShortestTellsOfEveryFailure(t *testing.T) {
	for _, test := range []struct {
		ran      int
		failures []int // their ranks
		want     string
	}{
		{2, nil, ""},
		{2, []int{7}, "failure 7"},
		{2, []int{7, 3, 5}, "failure 3\nand 2 more failures, none of them shorter"},
	} {
		var s Shortest
		for range test.ran {
			s.Ran()
		}
		for _, rank := range test.failures {
			s.Failf([]int{rank}, "failure %d", rank)
		}
		told := &telling{TB: t}
		if s.Report(told); told.text != test.want || s.Sessions() != test.ran {
			t.Errorf("%+v: %q, %d", test, told.text, s.Sessions())
		}
	}
}

// telling keeps what a test is failed for.
type telling struct {
	testing.TB
	text string
}

func (t *telling) Error(args ...any)                 { t.text += fmt.Sprint(args...) }
func (t *telling) Errorf(format string, args ...any) { t.text += fmt.Sprintf(format, args...) }
