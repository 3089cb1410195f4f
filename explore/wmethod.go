package explore

import (
	"errors"
	"fmt"
	"slices"
	"strings"
)

// WSuite is the words of a W-method.
type WSuite struct {
	Words   []Word // each once
	States  int    // of the expected machine, but for the ends
	Telling int    // words that tell them apart
}

// ErrAlike is an expected machine of which two states could not be told apart.
var ErrAlike = errors.New("explore: nothing of at most two inputs tells the states apart")

// WMethod returns the words that tell a server from the expected machine, if it is a
// deterministic one with at most extra states more: access·(extra+1 inputs)·(a word
// that tells states apart). The expectation needs keys, and the alphabet must not
// lead to ever more of them. The error wraps [ErrAlike].
func (a Alphabet) WMethod(of Expectation, extra int) (WSuite, error) {
	access := map[any]Word{of.Key(Word{}): {}}
	order := []Word{{}}
	for i := 0; i < len(order); i++ {
		for _, in := range a {
			if !order[i].possible(in) {
				continue
			}
			w := order[i].Then(in)
			key := of.Key(w)
			if _, known := access[key]; !known && !ended(of.Expect(w)) {
				access[key] = w
				order = append(order, w)
			}
		}
	}
	telling, err := a.telling(of, order)
	if err != nil {
		return WSuite{}, err
	}
	var words []Word
	had := map[string]bool{}
	var middle func(w Word, left int)
	middle = func(w Word, left int) {
		for _, tail := range telling {
			full := w
			for _, in := range tail.Inputs {
				if a.follows(of, full, in) {
					full = full.Then(in)
				}
			}
			if name := full.String(); !had[name] {
				had[name] = true
				words = append(words, full)
			}
		}
		for _, in := range a {
			if left > 0 && a.follows(of, w, in) {
				middle(w.Then(in), left-1)
			}
		}
	}
	for _, w := range order {
		middle(w, extra+1)
	}
	return WSuite{words, len(order), len(telling)}, nil
}

// follows reports whether an input can come after a word.
func (a Alphabet) follows(of Expectation, w Word, in Input) bool {
	return w.possible(in) && !ended(of.Expect(w))
}

// telling returns words such that any two of the states that access leads to answer
// differently to at least one of them.
func (a Alphabet) telling(of Expectation, access []Word) (telling []Word, err error) {
	answer := func(w, tail Word) string {
		before := of.Expect(w)
		base, text := before[len(before)-1], strings.Builder{}
		for _, in := range tail.Inputs {
			if !a.follows(of, w, in) {
				text.WriteString("impossible;")
				continue
			}
			w = w.Then(in)
		}
		for _, s := range of.Expect(w)[len(before):] {
			fmt.Fprintf(&text, "%+v;", s.since(base))
		}
		return text.String()
	}
	var candidates []Word
	for _, in := range a {
		candidates = append(candidates, Word{}.Then(in))
	}
	for _, in := range a {
		for _, next := range a {
			candidates = append(candidates, Word{}.Then(in, next))
		}
	}
	for i, v := range access {
		for _, w := range access[:i] {
			told := func(c Word) bool { return answer(v, c) != answer(w, c) }
			if slices.ContainsFunc(telling, told) {
				continue
			}
			at := slices.IndexFunc(candidates, told)
			if at < 0 {
				return nil, fmt.Errorf("%w: after %q and after %q", ErrAlike, v, w)
			}
			telling = append(telling, candidates[at])
		}
	}
	return telling, nil
}
