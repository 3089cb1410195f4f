package mealy

import (
	"math/rand/v2"
	"slices"
)

// separators returns for each state words such that any two states have one in
// common, which tells them apart.
func (m *Machine) separators() [][]Word {
	sets := make([][]Word, len(m.Edges))
	add := func(s int, w Word) {
		if !slices.ContainsFunc(sets[s], func(o Word) bool { return slices.Equal(o, w) }) {
			sets[s] = append(sets[s], w)
		}
	}
	for s := range m.Edges {
		for t := range s {
			if w, ok := Apart(m, s, m, t); ok {
				add(s, w)
				add(t, w)
			}
		}
	}
	for s := range sets {
		if len(sets[s]) == 0 {
			sets[s] = []Word{{}}
		}
	}
	return sets
}

// Suite returns words for which every machine that has at most depth states more
// than m, a minimal one, and is not m puts out something else. Nothing is asked
// behind an end.
func (m *Machine) Suite(depth int, ended func(string) bool) (words []Word) {
	separators := m.separators()
	var from func(word Word, s, left int)
	from = func(word Word, s, left int) {
		for _, in := range m.Inputs {
			e := m.Edges[s][in]
			next := append(slices.Clone(word), in)
			if ended(e.Output) {
				words = append(words, next)
				continue
			}
			for _, w := range separators[e.To] {
				words = append(words, append(slices.Clone(next), w...))
			}
			if left > 0 {
				from(next, e.To, left-1)
			}
		}
	}
	for s, access := range m.Access() {
		if access == nil {
			continue
		}
		if out, _ := m.Run(access); len(out) > 0 && ended(out[len(out)-1]) {
			continue
		}
		from(access, s, depth)
	}
	return words
}

// Sampler returns a source of words for the tests of a machine: through a state,
// any of them, some inputs more, about so many, and what tells the state behind
// them from others.
func (m *Machine) Sampler(r *rand.Rand, middle int) func() Word {
	access, separators := m.Access(), m.separators()
	access = slices.DeleteFunc(access, func(w Word) bool { return w == nil })
	return func() Word {
		word := slices.Clone(access[r.IntN(len(access))])
		for r.IntN(middle+1) > 0 {
			word = append(word, m.Inputs[r.IntN(len(m.Inputs))])
		}
		word = append(word, m.Inputs[r.IntN(len(m.Inputs))])
		_, s := m.Run(word)
		return append(word, separators[s][r.IntN(len(separators[s]))]...)
	}
}
