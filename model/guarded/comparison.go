package guarded

// comparison is a condition on one variable, which no function need be called
// for.
type comparison struct {
	at    int
	n     uint8
	equal bool
}

// comparisons splits a condition into those that are comparisons of a variable
// with a constant, and the others.
func (e Expr) comparisons() (quick []comparison, rest []Expr) {
	for _, c := range e.conjuncts() {
		equal := c.op != "!"
		of := c
		if !equal {
			of = c.args[0]
		}
		if of.op == "==" && of.args[0].op == "var" && of.args[1].op == "num" {
			quick = append(quick, comparison{of.args[0].v.at, of.args[1].n, equal})
		} else {
			rest = append(rest, c)
		}
	}
	return quick, rest
}

func holds(all []comparison, s *State) bool {
	for _, c := range all {
		if (s[c.at] == c.n) != c.equal {
			return false
		}
	}
	return true
}
