package explore

import (
	"fmt"
	"maps"
	"slices"

	"accio/mealy"
)

// WMethod returns the words that tell a server from the expected machine, each once, if
// it is a deterministic one with at most extra states more ([mealy.Machine.Suite]). The
// expectation needs keys, and the alphabet must not lead to ever more of them.
func (a Alphabet) WMethod(of Expectation, extra int) (words []Word) {
	m, ended := a.Expected(of, nil).machine(a)
	had := map[string]bool{}
	for _, names := range m.Suite(extra, ended) {
		w, state := Word{}, 0
		for _, name := range names {
			in := a.named(name)
			if e, known := m.Edges[state][name]; known && w.possible(in) {
				w, state = w.Then(in), e.To
			}
		}
		if text := w.String(); !had[text] {
			had[text] = true
			words = append(words, w)
		}
	}
	return words
}

// machine is what was learned, with a state for each key and an edge for each input that
// is possible there. Ended reports whether nothing can follow an output.
func (l Learned) machine(a Alphabet) (m *mealy.Machine, ended func(output string) bool) {
	keys := slices.SortedFunc(maps.Keys(l.Keys), func(k, other any) int {
		return slices.Compare(a.Rank(l.Keys[k]), a.Rank(l.Keys[other]))
	})
	m = &mealy.Machine{}
	numbers := map[any]int{}
	for i, k := range keys {
		numbers[k] = i
		m.Edges = append(m.Edges, map[string]mealy.Edge{})
	}
	for _, in := range a {
		m.Inputs = append(m.Inputs, in.Name)
	}
	last := map[string]bool{}
	for arc := range l.Arcs {
		output := fmt.Sprintf("%+v", arc.Seen)
		m.Edges[numbers[arc.From]][arc.Input] = mealy.Edge{Output: output, To: numbers[arc.To]}
		last[output] = arc.Seen.Ended
	}
	return m, func(output string) bool { return last[output] }
}

// named is the input of that name.
func (a Alphabet) named(name string) Input {
	return a[slices.IndexFunc(a, func(in Input) bool { return in.Name == name })]
}
