package guarded

import "fmt"

// eval is an expression ready to run.
type eval func(*State) uint8

func (e Expr) compile() eval {
	var a, b eval
	if len(e.args) > 0 {
		a = e.args[0].compile()
	}
	if len(e.args) > 1 {
		b = e.args[1].compile()
	}
	switch e.op {
	case "num":
		n := e.n
		return func(*State) uint8 { return n }
	case "var":
		return e.v.get
	case "map":
		values := e.m.Values
		return func(s *State) uint8 { return values[a(s)] }
	case "!":
		return func(s *State) uint8 { return 1 - a(s) }
	case "&&":
		return func(s *State) uint8 { return truth(a(s) != 0 && b(s) != 0) }
	case "||":
		return func(s *State) uint8 { return truth(a(s) != 0 || b(s) != 0) }
	case "==":
		if l, r := e.args[0], e.args[1]; l.op == "var" && r.op == "num" {
			v, n := l.v, r.n
			return func(s *State) uint8 { return truth(v.get(s) == n) }
		}
		return func(s *State) uint8 { return truth(a(s) == b(s)) }
	case "<":
		return func(s *State) uint8 { return truth(a(s) < b(s)) }
	case "+":
		return func(s *State) uint8 { return a(s) + b(s) }
	case "*":
		return func(s *State) uint8 { return a(s) * b(s) }
	case "-":
		return func(s *State) uint8 { return a(s) - b(s) }
	case "if":
		c := e.args[2].compile()
		return func(s *State) uint8 {
			if a(s) != 0 {
				return b(s)
			}
			return c(s)
		}
	}
	panic(fmt.Sprintf("guarded: no such operation: %q", e.op))
}

func truth(b bool) uint8 {
	if b {
		return 1
	}
	return 0
}

// Eval returns a function that evaluates e.
func (e Expr) Eval() func(State) uint8 {
	run := e.compile()
	return func(s State) uint8 { return run(&s) }
}

// Test returns e as a condition on a state.
func (e Expr) Test() func(State) bool {
	c := e.condition()
	return func(s State) bool { return c.holds(&s) }
}

// effect is a statement ready to run.
type effect func(*State)

func compile(stmts []Stmt) effect {
	effects := make([]effect, 0, len(stmts))
	for _, st := range stmts {
		switch {
		case st.set != nil:
			v, value := st.set, st.to.compile()
			effects = append(effects, func(s *State) { v.Put(s, value(s)) })
		case len(st.cond.op) > 0:
			cond, then, otherwise := st.cond.compile(), compile(st.then), compile(st.otherwise)
			effects = append(effects, func(s *State) {
				if cond(s) != 0 {
					then(s)
				} else {
					otherwise(s)
				}
			})
		}
	}
	return func(s *State) {
		for _, e := range effects {
			e(s)
		}
	}
}
