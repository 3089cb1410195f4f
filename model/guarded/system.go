package guarded

import (
	"context"
	"fmt"
	"strings"

	"accio/modelcheck"
)

// Initial returns the state in which every run begins.
func (p *Program) Initial() State {
	var s State
	for _, v := range p.Vars {
		v.Put(&s, v.First)
	}
	return s
}

// System returns the program for package modelcheck.
func (p *Program) System() modelcheck.System[State] {
	type rule struct {
		label string
		quick []comparison
		when  eval
		do    effect
	}
	var rules []rule
	for _, r := range p.Rules {
		quick, rest := r.When.comparisons()
		rules = append(rules, rule{r.Label, quick, And(rest...).compile(), compile(r.Do)})
	}
	var pulses State // all ones where they are
	for _, v := range p.Vars {
		if v.Pulse {
			pulses[v.word] |= v.mask << v.shift
		}
	}
	next := func(steps []modelcheck.Step[State], s State) []modelcheck.Step[State] {
		from := &s
		for i := range rules {
			r := &rules[i]
			if !allHold(r.quick, from) || r.when(from) == 0 {
				continue
			}
			steps = append(steps, modelcheck.Step[State]{Label: r.label, To: s})
			to := &steps[len(steps)-1].To
			for i := range to {
				to[i] &^= pulses[i]
			}
			r.do(to)
		}
		return steps
	}
	return modelcheck.System[State]{Initial: []State{p.Initial()}, Next: func(s State) []modelcheck.Step[State] { return next(nil, s) }, AppendNext: next, Format: p.Format, Canonical: p.Canonical}
}

// Format returns the variables, but for those without a name for their value or
// for zero.
func (p *Program) Format(s State) string {
	var b strings.Builder
	for _, v := range p.Vars {
		if v.get(&s) == 0 && len(v.Names) == 0 {
			continue
		}
		if text := v.Show(s); text != "" {
			fmt.Fprintf(&b, " %s=%s", v.Name, text)
		}
	}
	return strings.TrimPrefix(b.String(), " ")
}

// Check decides every claim. A run goes on while a rule can be taken, Free or
// not; Given comes first among the premises of the claims that this matters
// to.
func (p *Program) Check(limit modelcheck.Limit) modelcheck.Report[State] {
	return p.CheckContext(context.Background(), modelcheck.Options{Limit: limit})
}

// CheckContext is Check with the options of [modelcheck.CheckContext].
func (p *Program) CheckContext(ctx context.Context, opts modelcheck.Options) modelcheck.Report[State] {
	var props []modelcheck.Property[State]
	for _, c := range p.Claims {
		props = append(props, c.Property())
	}
	r := modelcheck.CheckContext(ctx, p.System(), opts, props...)
	for i, c := range p.Claims {
		if v := &r.Verdicts[i]; c.given() && p.Given != "" {
			v.Premises = append([]string{"if " + p.Given}, v.Premises...)
		}
	}
	return r
}
