package model_test

import (
	"slices"
	"testing"

	"accio/internal/require"
	"accio/model"
	"accio/model/guarded"
	"accio/modelcheck"
	"accio/protocol"
)

// What a claim of what happens at last rests on is what is printed with it, all
// of that and no more: it holds even if everybody may rest for ever at any
// moment, but for those who Given says go on, and it does not hold without
// Given, if that is printed, or without what the claim is Unless or what is fair.
func TestPremises(t *testing.T) {
	t.Parallel()
	given, own := 0, 0
	for _, study := range model.Levels(&protocol.Server, &protocol.Client, 3) {
		p := *study.Program
		var goOn []string
		for _, r := range p.Rules {
			if !r.Free {
				goOn = append(goOn, r.Label)
			}
		}
		p.Rules = append(slices.Clone(p.Rules), guarded.Rule{Label: "everybody rests", When: guarded.Num(1)})
		fair := modelcheck.WeaklyFair(p.Given, modelcheck.Labelled[guarded.State](goOn...))
		printed := study.Run(modelcheck.Limit{}).Verdicts
		for i, c := range p.Claims {
			if c.Safety() || study.False[c.Name] != "" {
				continue
			}
			bare := c.Unless("", guarded.Expr{}).Fair("", false, guarded.Expr{}, guarded.Expr{})
			v := modelcheck.Check(p.System(), modelcheck.Limit{}, c.Property(fair), c.Property(), bare.Property(fair)).Verdicts
			said, without := printed[i].Premises, modelcheck.Holds
			of := len(v[0].Premises) - 1 // its own
			if p.Given != "" && said[0] == "if "+p.Given {
				given++
				without = modelcheck.Violated
				said = said[1:]
			}
			if v[0].Outcome != modelcheck.Holds || v[1].Outcome != without {
				t.Errorf("%s: %s: %v if they go on, %v if they need not", study.Name, c.Text, v[0].Outcome, v[1].Outcome)
			}
			if len(said) != of {
				t.Errorf("%s: %s: printed with %q", study.Name, c.Text, printed[i].Premises)
			}
			if of == 0 {
				continue
			}
			if own++; v[2].Outcome != modelcheck.Violated {
				t.Errorf("%s: %s: %v without %q", study.Name, c.Text, v[2].Outcome, v[0].Premises[0])
			}
		}
	}
	require.Ran(t, "claims that rest on what is given", given, 17)
	require.Ran(t, "claims that leave out runs", own, 12)
}
