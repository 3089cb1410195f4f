package transport

import (
	"fmt"
	"slices"
	"sync"
	"testing"

	"accio/internal/require"
)

// shortest collects the failures of a test that plays many sessions. As most of
// them say the same, only the first in the order of rank is told, whatever the
// order they come in, and how many there are. It counts the sessions too.
type shortest struct {
	mu       sync.Mutex
	sessions int
	count    int // of the failures
	rank     []int
	text     string
}

// ran notes that a session is played.
func (s *shortest) ran() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.sessions++
}

func (s *shortest) failf(rank []int, format string, args ...any) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.count++; s.count == 1 || slices.Compare(rank, s.rank) < 0 {
		s.rank, s.text = rank, fmt.Sprintf(format, args...)
	}
}

// report fails the test for what was noted, and unless so many sessions were.
func (s *shortest) report(t testing.TB, sessions int) {
	t.Helper()
	s.mu.Lock()
	defer s.mu.Unlock()
	require.Ran(t, "sessions", s.sessions, sessions)
	switch s.count {
	case 0:
	case 1:
		t.Error(s.text)
	default:
		t.Errorf("%s\nand %d more failures, none of them shorter", s.text, s.count-1)
	}
}

func TestShortestTellsOfEveryFailure(t *testing.T) {
	for _, test := range []struct {
		ran      int
		failures []int // their ranks
		want     string
	}{
		{2, nil, ""},
		{1, nil, "ran 1 sessions, want 2"},
		{3, nil, "ran 3 sessions, want 2"},
		{2, []int{7}, "failure 7"},
		{2, []int{7, 3, 5}, "failure 3\nand 2 more failures, none of them shorter"},
	} {
		var s shortest
		for range test.ran {
			s.ran()
		}
		for _, rank := range test.failures {
			s.failf([]int{rank}, "failure %d", rank)
		}
		if test.ran < 2 && require.Part() {
			continue // fewer are allowed then
		}
		told := &telling{TB: t}
		if s.report(told, 2); told.text != test.want {
			t.Errorf("%+v: %q", test, told.text)
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

// rank puts words with fewer inputs first and those with as many in the order
// of the alphabet. What is appended to it distinguishes sessions of one word.
func (w word) rank() []int {
	rank := []int{len(w.inputs)}
	for _, in := range w.inputs {
		rank = append(rank, slices.IndexFunc(alphabet, func(a input) bool { return a.name == in.name }))
	}
	if w.early {
		return append(rank, 1)
	}
	return append(rank, 0)
}
