package explore

import (
	"slices"
	"strings"
)

// Word is a sequence of inputs, each of which is given when nothing moves any
// more. The zero value is a client that does nothing.
type Word struct {
	Inputs []Input
	// Early makes the first input come before the server begins to serve.
	Early bool
}

// String returns the names of the inputs.
func (w Word) String() string {
	var names []string
	for _, in := range w.Inputs {
		names = append(names, in.Name)
	}
	text := strings.Join(names, " ")
	if w.Early {
		return "(early) " + text
	}
	return text
}

// Then returns the word with one input more. It does not change w.
func (w Word) Then(in ...Input) Word {
	return Word{append(w.Inputs[:len(w.Inputs):len(w.Inputs)], in...), w.Early}
}

// upTo is the word without what follows its first n inputs.
func (w Word) upTo(n int) Word { return Word{w.Inputs[:n], w.Early} }

// possible reports whether the input can come after the word: nothing arrives after
// the end of the stream, a window is not shut twice, and what was ended has ended.
func (w Word) possible(in Input) bool {
	over, shut := false, false
	for _, had := range w.Inputs {
		switch had.What {
		case Stop, Abort:
			return false
		case End, Reset:
			over = true
		case Shut, Open:
			shut = had.What == Shut
		}
	}
	switch in.What {
	case Send:
		return in.Bytes == "" || !over
	case End, Reset:
		return !over
	case Shut:
		return !shut
	case Open:
		return shut
	}
	return true
}

// early reports whether a word can begin with the input before the server serves:
// a pause would be nothing, no window is open again that was not shut, and nobody ends
// what has not begun.
func (in Input) early() bool { return in.Pause == 0 && in.What != Open && in.What != Abort }

// Alphabet is the inputs that words are made of, in an order in which the ones that
// come first are the simpler ones.
type Alphabet []Input

// Words calls f for every word up to a length that does not go on after the session
// has ended, as the expectation has it. Maximal are those that end it, or have that
// length.
func (a Alphabet) Words(of Expectation, length int, f func(w Word, maximal bool)) {
	a.Extend(of, Word{}, length, f)
	for _, in := range a {
		if in.early() {
			a.Extend(of, Word{[]Input{in}, true}, length, f)
		}
	}
}

// Extend does so for those that begin with w; the length is that of the whole.
func (a Alphabet) Extend(of Expectation, w Word, length int, f func(w Word, maximal bool)) {
	maximal := ended(of.Expect(w)) || len(w.Inputs) >= length
	f(w, maximal)
	for _, in := range a {
		if !maximal && w.possible(in) {
			a.Extend(of, w.Then(in), length, f)
		}
	}
}

// Rank orders words: those with fewer inputs come first, and those with as many in
// the order of the alphabet, early ones after the others.
func (a Alphabet) Rank(w Word) []int {
	rank := []int{len(w.Inputs)}
	for _, in := range w.Inputs {
		rank = append(rank, slices.IndexFunc(a, func(letter Input) bool { return letter.Name == in.Name }))
	}
	if w.Early {
		return append(rank, 1)
	}
	return append(rank, 0)
}
