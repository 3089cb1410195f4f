package guarded

import "slices"

// Mutant is a program with one rule changed.
type Mutant struct {
	Name    string // the rule, and what has become of it
	Program *Program
}

// Mutants returns every program that differs from p in that one rule is
// missing, or waits for one thing less. p is not changed.
func (p *Program) Mutants() []Mutant {
	var all []Mutant
	for i, r := range p.Rules {
		mutate := func(change string, rules ...Rule) {
			q := *p
			q.Rules = slices.Replace(slices.Clone(p.Rules), i, i+1, rules...)
			all = append(all, Mutant{r.Label + ": " + change, &q})
		}
		mutate("missing")
		conds := r.When.conjuncts()
		for n, c := range conds {
			mutate("without "+c.String(), Rule{r.Label, And(slices.Delete(slices.Clone(conds), n, n+1)...), r.Do, r.Free})
		}
	}
	return all
}

// conjuncts returns the conditions that must all be true for e to be.
func (e Expr) conjuncts() []Expr {
	if e.op != "&&" {
		return []Expr{e}
	}
	return append(e.args[0].conjuncts(), e.args[1].conjuncts()...)
}
