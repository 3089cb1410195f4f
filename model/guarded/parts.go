package guarded

// Parts are equal parts of a program: the variables of each, in the same order.
type Parts [][]*Var

// Before reports whether part i comes before part j by the values that they
// have in s.
func (p Parts) Before(s *State, i, j int) bool {
	for n, v := range p[i] {
		if a, b := v.get(s), p[j][n].get(s); a != b {
			return a < b
		}
	}
	return false
}

// Swap exchanges the values of parts i and j.
func (p Parts) Swap(s *State, i, j int) {
	for n, v := range p[i] {
		w := p[j][n]
		a, b := v.get(s), w.get(s)
		v.Put(s, b)
		w.Put(s, a)
	}
}

// Sort puts the values of the parts in order.
func (p Parts) Sort(s *State) {
	for i := range p {
		for j := i; j > 0 && p.Before(s, j, j-1); j-- {
			p.Swap(s, j, j-1)
		}
	}
}
