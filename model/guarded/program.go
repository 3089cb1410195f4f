package guarded

// Program is a system: variables, the rules that change them, and claims about
// them. The zero value is empty; build one with its methods.
type Program struct {
	Name   string
	About  []string // what a reader of the Promela should know
	Given  string   // in words, who takes the steps that are not Free: a premise of what is to happen at last
	Vars   []*Var
	Maps   []*Map
	Rules  []Rule
	Claims []Claim
	// Canonical, if it is not nil, is that of the system (see
	// [modelcheck.System]); SPIN knows nothing of it.
	Canonical func(State) State
}

// Map is a constant array, for what depends on a number in no simple way.
type Map struct {
	Name   string
	Values []uint8
	// Loaded makes the verifier read the values from its environment, as
	// decimal numbers in MAP_ and the name, so that one compilation serves for
	// all of them. The index must then be of variables, constants, sums and
	// products.
	Loaded bool
}

// Rule is a step: whenever When is true, Do may happen, all at once.
type Rule struct {
	Label string
	When  Expr
	Do    []Stmt
	Free  bool // nobody has to take it, ever
}

// Stmt is part of a step. The zero value does nothing.
type Stmt struct {
	set             *Var
	to              Expr
	cond            Expr
	then, otherwise []Stmt
}

// Set gives v the value of e.
func Set(v *Var, e Expr) Stmt { return Stmt{set: v, to: e} }

// If does the one or the other.
func If(cond Expr, then []Stmt, otherwise ...Stmt) Stmt {
	return Stmt{cond: cond, then: then, otherwise: otherwise}
}

// Do joins statements.
func Do(parts ...[]Stmt) []Stmt {
	var all []Stmt
	for _, p := range parts {
		all = append(all, p...)
	}
	return all
}

// Map declares a constant array.
func (p *Program) Map(name string, values []uint8) *Map {
	m := &Map{Name: name, Values: values}
	p.Maps = append(p.Maps, m)
	return m
}

// Rule adds a rule.
func (p *Program) Rule(label string, when Expr, do ...Stmt) {
	p.Rules = append(p.Rules, Rule{Label: label, When: when, Do: do})
}

// Free adds a rule for what may happen or not, as the environment likes.
func (p *Program) Free(label string, when Expr, do ...Stmt) {
	p.Rules = append(p.Rules, Rule{label, when, do, true})
}

// Claim adds claims.
func (p *Program) Claim(claims ...Claim) { p.Claims = append(p.Claims, claims...) }
