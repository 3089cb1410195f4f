package clitest

import (
	"fmt"
	"regexp"
	"sync"
	"time"
)

// Stream records what is written to it.
type Stream struct {
	mu      sync.Mutex
	text    []byte
	changed chan struct{} // closed by the next write
}

// Write implements io.Writer.
func (s *Stream) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.text = append(s.text, p...)
	if s.changed != nil {
		close(s.changed)
		s.changed = nil
	}
	return len(p), nil
}

// String returns what was written so far.
func (s *Stream) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return string(s.text)
}

func (s *Stream) next() (string, <-chan struct{}) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.changed == nil {
		s.changed = make(chan struct{})
	}
	return string(s.text), s.changed
}

// Wait waits until what was written matches the pattern, in which ^ and $ are
// the ends of lines.
func (s *Stream) Wait(pattern string) error {
	re, err := regexp.Compile(`(?m)` + pattern)
	if err != nil {
		return err
	}
	late := time.After(Patience)
	for {
		text, changed := s.next()
		if re.MatchString(text) {
			return nil
		}
		select {
		case <-changed:
		case <-late:
			return fmt.Errorf("no match for %q within %s in %q", pattern, Patience, text)
		}
	}
}
