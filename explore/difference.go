package explore

import "fmt"

// Aspect is what of a session is not as expected.
type Aspect string

// The aspects.
const (
	Panicked Aspect = "panic"
	GoesOn   Aspect = "endless"
	Differs  Aspect = "seen"
)

// Difference is where a session leaves the expectation first.
type Difference struct {
	Aspect Aspect
	Word   Word   // up to there
	What   string // in words
	Seen   []Seen // of the session, up to there
	Want   []Seen // what was expected, likewise
}

// String is the word and what is different.
func (d *Difference) String() string { return fmt.Sprintf("%s: %s", d.Word, d.What) }

// Differs says in what the session, which was run on a word, differs from what is
// expected of that, or returns nil.
func (s *Session) Differs(w Word, of Expectation) *Difference {
	want := of.Expect(w)
	differs := func(a Aspect, w Word, looks int, format string, args ...any) *Difference {
		return &Difference{a, w, fmt.Sprintf(format, args...), s.Seen[:min(looks, len(s.Seen))], want[:min(looks, len(want))]}
	}
	if _, ok := s.Err.(Endless); ok {
		return differs(GoesOn, w, len(s.Seen), "%v", s.Err)
	}
	if s.Err != nil {
		return differs(Panicked, w, len(s.Seen), "%v", s.Err)
	}
	first := 0 // inputs before the first look
	if w.Early {
		first = 1
	}
	for i := range min(len(want), len(s.Seen)) {
		if got := s.Seen[i]; got != want[i] {
			return differs(Differs, w.upTo(i+first), i+1, "%v, want %v", got, want[i])
		}
	}
	if len(want) != len(s.Seen) {
		return differs(Differs, w, len(s.Seen), "ended after %d inputs, want %d", len(s.Seen)-1+first, len(want)-1+first)
	}
	return nil
}
