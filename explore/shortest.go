package explore

import (
	"fmt"
	"slices"
	"sync"
	"testing"
)

// Shortest collects the failures of a test that plays many sessions. As most of them
// say the same, only the first in the order of rank is told, whatever the order they
// come in, and how many there are. It counts the sessions too. The zero value has
// none; its methods can be called by several goroutines.
type Shortest struct {
	mu       sync.Mutex
	sessions int
	count    int // of the failures
	rank     []int
	text     string
}

// Ran notes that a session is played.
func (s *Shortest) Ran() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.sessions++
}

// Sessions returns how many were.
func (s *Shortest) Sessions() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.sessions
}

// Failf notes a failure; lesser ranks are told first ([Alphabet.Rank]).
func (s *Shortest) Failf(rank []int, format string, args ...any) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.count++; s.count == 1 || slices.Compare(rank, s.rank) < 0 {
		s.rank, s.text = rank, fmt.Sprintf(format, args...)
	}
}

// Report fails the test for what was noted.
func (s *Shortest) Report(t testing.TB) {
	t.Helper()
	s.mu.Lock()
	defer s.mu.Unlock()
	switch s.count {
	case 0:
	case 1:
		t.Error(s.text)
	default:
		t.Errorf("%s\nand %d more failures, none of them shorter", s.text, s.count-1)
	}
}
