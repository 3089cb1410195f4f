package mealy

import "slices"

// Word is a sequence of inputs, or of outputs.
type Word []string

// Edge is where an input leads from a state, and what is put out on the way.
type Edge struct {
	Output string `json:"output"`
	To     int    `json:"to"`
}

// Machine is a Mealy machine. Its initial state is 0. The machines of this package
// are complete: every state has an edge for every input.
type Machine struct {
	Inputs []string          `json:"inputs"`
	Edges  []map[string]Edge `json:"edges"` // by state, by input
}

// Run returns what the machine puts out for a word, and the state that it is in
// then. It stops before an input for which there is no edge.
func (m *Machine) Run(word Word) (out Word, state int) {
	for _, in := range word {
		e, ok := m.Edges[state][in]
		if !ok {
			break
		}
		out, state = append(out, e.Output), e.To
	}
	return out, state
}

// Access returns a shortest word to each state that can be reached; nil else.
// That of the initial state is empty.
func (m *Machine) Access() []Word {
	words := make([]Word, len(m.Edges))
	words[0] = Word{}
	for queue := []int{0}; len(queue) > 0; queue = queue[1:] {
		s := queue[0]
		for _, in := range m.Inputs {
			if e, ok := m.Edges[s][in]; ok && words[e.To] == nil {
				words[e.To] = append(slices.Clone(words[s]), in)
				queue = append(queue, e.To)
			}
		}
	}
	return words
}

// Difference returns a shortest word for which a and b put out something else, or
// ok false if there is none. The inputs are those of a.
func Difference(a, b *Machine) (word Word, ok bool) { return Apart(a, 0, b, 0) }

// Apart returns a shortest word for which state s of a and state t of b put out
// something else, or ok false if there is none.
func Apart(a *Machine, s int, b *Machine, t int) (word Word, ok bool) {
	type pair struct{ s, t int }
	type visit struct {
		pair
		word Word
	}
	seen := map[pair]bool{{s, t}: true}
	for queue := []visit{{pair{s, t}, nil}}; len(queue) > 0; queue = queue[1:] {
		v := queue[0]
		for _, in := range a.Inputs {
			x, okX := a.Edges[v.s][in]
			y, okY := b.Edges[v.t][in]
			next := append(slices.Clone(v.word), in)
			if okX != okY || x.Output != y.Output {
				return next, true
			}
			if p := (pair{x.To, y.To}); okX && !seen[p] {
				seen[p] = true
				queue = append(queue, visit{p, next})
			}
		}
	}
	return nil, false
}
