package guarded_test

import (
	"fmt"
	"strings"

	"accio/model/guarded"
	"accio/modelcheck"
)

// Two who take a token in turn, if it is free: nobody says that both have theirs.
func Example() {
	p := &guarded.Program{Name: "token"}
	free := p.Var("free", 1)
	for _, name := range []string{"ann", "bob"} {
		has := p.Var(name, 0)
		p.Rule(name+" takes it", free.Is(1), guarded.Set(free, guarded.Num(0)), guarded.Set(has, guarded.Num(1)))
		p.Rule(name+" gives it back", has.Is(1), guarded.Set(has, guarded.Num(0)), guarded.Set(free, guarded.Num(1)))
	}
	ann, bob := p.Vars[1], p.Vars[2]
	p.Claim(
		guarded.Always("alone", "never both", guarded.Not(guarded.And(ann.Is(1), bob.Is(1)))),
		guarded.Eventually("fair", "bob has it at last", bob.Is(1)),
	)
	for _, v := range p.Check(modelcheck.Limit{}).Verdicts {
		fmt.Printf("%v: %s\n", v.Outcome, v.Property)
		if v.Trace != nil {
			fmt.Println("for ever:", strings.Join(v.Trace.Labels(), ", "))
		}
	}
	fmt.Println(strings.Contains(p.Promela(), "ltl alone"), "for SPIN")
	// Output:
	// holds: never both
	// VIOLATED: bob has it at last
	// for ever: ann takes it, ann gives it back
	// true for SPIN
}
