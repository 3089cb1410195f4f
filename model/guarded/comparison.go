package guarded

// comparison is a condition on one variable.
type comparison struct {
	word    int
	mask, n uint64 // where the variable is, and what is there
	equal   bool
}

// comparison returns e as the comparison of a variable with a constant that it
// is, or ok false.
func (e Expr) comparison() (c comparison, ok bool) {
	equal := e.op != "!"
	if !equal {
		e = e.args[0]
	}
	if e.op != "==" || e.args[0].op != "var" || e.args[1].op != "num" {
		return c, false
	}
	v := e.args[0].v
	return comparison{v.word, v.mask << v.shift, uint64(e.args[1].n) << v.shift, equal}, v.most >= e.args[1].n
}

func (c comparison) holds(s *State) bool { return (s[c.word]&c.mask == c.n) == c.equal }

// comparisons splits a condition into those that are comparisons, and the
// others.
func (e Expr) comparisons() (quick []comparison, rest []Expr) {
	for _, part := range e.conjuncts() {
		if c, ok := part.comparison(); ok {
			quick = append(quick, c)
		} else {
			rest = append(rest, part)
		}
	}
	return quick, rest
}

func allHold(all []comparison, s *State) bool {
	for _, c := range all {
		if !c.holds(s) {
			return false
		}
	}
	return true
}

// condition is a condition that leaves the state where it is: what is no
// comparison gets a copy.
type condition struct {
	op   string // "&&", "||", "" for a comparison, or "?" for anything else
	a, b *condition
	c    comparison
	rest eval
}

func (e Expr) condition() *condition {
	if c, ok := e.comparison(); ok {
		return &condition{c: c}
	}
	if e.op == "&&" || e.op == "||" {
		return &condition{op: e.op, a: e.args[0].condition(), b: e.args[1].condition()}
	}
	return &condition{op: "?", rest: e.compile()}
}

func (c *condition) holds(s *State) bool {
	switch c.op {
	case "":
		return c.c.holds(s)
	case "&&":
		return c.a.holds(s) && c.b.holds(s)
	case "||":
		return c.a.holds(s) || c.b.holds(s)
	}
	of := *s
	return c.rest(&of) != 0
}
