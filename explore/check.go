package explore

import (
	"cmp"
	"context"
	"fmt"
	"strconv"
	"testing"
)

// Suite is what [Check] plays.
type Suite struct {
	Subject  Subject
	Expect   Expectation
	Alphabet Alphabet
	// Length is that of the words; 0 means 3. Each one more takes as many times
	// longer as the alphabet has inputs.
	Length int
	// Session is what a client sends in a session that goes as it should: it is cut
	// in two at every place, and moved by calls of every size. Empty: it is not.
	Session string
	// Extra is how many states more than expected the W-method allows for; 0: it is
	// left out. It needs an expectation with keys, and uses the inputs that Finite
	// does not leave out: those that lead to ever more keys, as do those of a
	// client that takes nothing.
	Extra  int
	Finite func(in Input) bool
	// Shutdown, Reset and Refusal say what is wrong with a session that was told to
	// stop at a yield point, that was reset there, or whose writes begin to fail
	// there; empty: nothing. Nil asks for the least: whoever is told to stop, or has
	// lost the connection, returns, and no time passes.
	Shutdown, Reset, Refusal func(in *Injected) string
}

// Counts is how many sessions were played.
type Counts struct{ Words, Cuts, Shutdowns, Resets, Refusals, WMethod int }

// String says so.
func (c Counts) String() string {
	return fmt.Sprintf("%d words, %d cuts, %d shutdowns, %d resets, %d failing writes, %d of the W-method",
		c.Words, c.Cuts, c.Shutdowns, c.Resets, c.Refusals, c.WMethod)
}

// Check plays every word, every cut of a session, and something going wrong at every
// yield point of the shorter words, in bubbles of its own, side by side. The test
// fails with the shortest word of each kind of failure, the first of all as a chart.
// The caller should hold what it returns against what it knows: a suite that plays
// nothing finds nothing.
func Check(t *testing.T, s Suite) Counts {
	t.Helper()
	s.Length = cmp.Or(s.Length, 3)
	words, cuts, method := s.words(t), s.cuts(t), s.wMethod(t)
	shutdowns, resets, refusals := s.inject(t, Shutdown, s.Shutdown), s.inject(t, Breakage, s.Reset), s.inject(t, Refusal, s.Refusal)
	for _, failures := range []*Shortest{words, cuts, shutdowns, resets, refusals, method} {
		failures.Report(t)
	}
	return Counts{words.Sessions(), cuts.Sessions(), shutdowns.Sessions(), resets.Sessions(), refusals.Sessions(), method.Sessions()}
}

// play plays a word and notes in what it differs.
func (s *Suite) play(failures *Shortest, w Word, at Hook, rank ...int) {
	failures.Ran()
	if d := Run(s.Subject, w, at).Differs(w, s.Expect); d != nil {
		failures.Failf(append(s.Alphabet.Rank(d.Word), rank...), "%s\n%s", d, d.Chart())
	}
}

func (s *Suite) words(t *testing.T) *Shortest {
	failures := new(Shortest)
	InShares(t, func(t *testing.T, mine func() bool) {
		s.Alphabet.Words(s.Expect, s.Length, func(w Word, maximal bool) {
			if maximal && mine() {
				s.play(failures, w, nil)
			}
		})
	})
	return failures
}

func (s *Suite) cuts(t *testing.T) *Shortest {
	failures := new(Shortest)
	if s.Session == "" {
		return failures
	}
	whole := func(early bool, texts ...string) Word {
		w := Word{Early: early}
		for _, text := range texts {
			w = w.Then(Text(strconv.Quote(text), text))
		}
		return w.Then(Input{Name: "end", What: End})
	}
	InShares(t, func(t *testing.T, mine func() bool) {
		for cut := 1; cut < len(s.Session); cut++ {
			for _, early := range []bool{false, true} {
				if mine() {
					s.play(failures, whole(early, s.Session[:cut], s.Session[cut:]), nil, cut)
				}
			}
		}
		for limit := 1; limit <= len(s.Session); limit++ {
			if mine() {
				s.play(failures, whole(true, s.Session), func(x *Session, _ int, _ context.CancelFunc) { x.Ground.Limit(limit) }, limit)
			}
		}
	})
	return failures
}

// inject makes something happen at every yield point of every word that is one
// shorter than the others.
func (s *Suite) inject(t *testing.T, what Happening, wrong func(in *Injected) string) *Shortest {
	failures := new(Shortest)
	if wrong == nil {
		wrong = s.least
	}
	InShares(t, func(t *testing.T, mine func() bool) {
		s.Alphabet.Words(s.Expect, s.Length-1, func(w Word, _ bool) {
			if !mine() {
				return
			}
			plain := Run(s.Subject, w, nil)
			for n := plain.Before + 1; n <= plain.Within; n++ {
				in := Inject(s.Subject, w, n, what)
				failures.Ran()
				text := ""
				switch {
				case in.Err != nil:
					text = fmt.Sprint(in.Err)
				case in.Came:
					text = wrong(in)
				}
				if text != "" {
					failures.Failf(append(s.Alphabet.Rank(w), n), "%s: %s", in, text)
				}
			}
		})
	})
	return failures
}

// least is what is wrong with any server.
func (s *Suite) least(in *Injected) string {
	last := in.Seen[len(in.Seen)-1]
	switch refused := in.What == Refusal.Name; {
	case refused && in.Ground.Refused() == 0:
		if d := in.Differs(in.Word, s.Expect); d != nil {
			return "no write has failed, and yet: " + d.What
		}
	case !last.Ended && in.What == Breakage.Name && in.Held.End && in.Held.Shut: // the client neither takes nor sends anything
	case !last.Ended:
		return "it goes on: " + last.String()
	case !refused && in.Over.After(in.When):
		return fmt.Sprintf("it takes %s to return", in.Over.Sub(in.When))
	}
	return ""
}

func (s *Suite) wMethod(t *testing.T) *Shortest {
	failures := new(Shortest)
	if s.Extra == 0 {
		return failures
	}
	var finite Alphabet
	for _, in := range s.Alphabet {
		if s.Finite == nil || s.Finite(in) {
			finite = append(finite, in)
		}
	}
	InShares(t, func(t *testing.T, mine func() bool) {
		suite, err := finite.WMethod(s.Expect, s.Extra)
		if err != nil {
			t.Error(err)
		}
		for _, w := range suite.Words {
			if mine() {
				s.play(failures, w, nil)
			}
		}
	})
	return failures
}
