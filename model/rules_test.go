package model_test

import (
	"fmt"
	"os"
	"strings"
	"testing"
	"text/tabwriter"

	"accio/model"
	"accio/model/guarded"
	"accio/modelcheck"
	"accio/protocol"
)

// ruleKills is how many mutants each claim killed, as kills.txt is of tables.
const ruleKills = "testdata/rules.txt"

// Each rule of each model is taken away, and each condition that it waits for.
// Every claim is violated by such a mutant of some model, or by one of the
// table. A mutant that violates none is a model of another environment, of
// which the claims hold too.
func TestEveryClaimBites(t *testing.T) {
	t.Parallel()
	unlessRacing(t)
	var b strings.Builder
	w := tabwriter.NewWriter(&b, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "model\tclaim\tkills\talone")
	total := map[string]int{}
	var all [3]int // mutants, equivalent, killed
	for _, study := range model.Levels(&protocol.Server, &protocol.Client, 2) {
		base := study.Run(modelcheck.Limit{})
		same := edges(t, study.Program)
		kills, alone := map[int]int{}, map[int]int{}
		killed, equivalent := 0, 0
		mutants := study.Program.Mutants()
		for _, m := range mutants {
			r := m.Program.Check(modelcheck.Limit{States: 20 * base.States})
			dead := violated(study, r)
			for _, i := range dead {
				kills[i]++
				total[study.Program.Claims[i].Name]++
			}
			switch {
			case len(dead) > 0:
				killed++
				if len(dead) == 1 {
					alone[dead[0]]++
				}
			case r.Edges == base.Edges && equal(same, edges(t, m.Program)):
				equivalent++
			}
		}
		fmt.Fprintf(w, "%s\t%d mutants, %d equivalent\t%d\t\n", study.Name, len(mutants), equivalent, killed)
		all[0], all[1], all[2] = all[0]+len(mutants), all[1]+equivalent, all[2]+killed
		for i, c := range study.Program.Claims {
			if study.False[c.Name] == "" {
				fmt.Fprintf(w, "%s\t%s\t%d\t%d\n", study.Name, c.Name, kills[i], alone[i])
			}
		}
	}
	fmt.Fprintf(w, "all\t%d mutants, %d equivalent\t%d\t\n", all[0], all[1], all[2])
	for _, m := range model.Mutants(&protocol.Server) {
		study := model.Study{Program: model.Chaos(m.Table)}
		for _, i := range violated(study, study.Run(modelcheck.Limit{})) {
			total[study.Program.Claims[i].Name]++
		}
	}
	for _, study := range model.Levels(&protocol.Server, &protocol.Client, 2) {
		for _, c := range study.Program.Claims {
			if total[c.Name] == 0 && study.False[c.Name] == "" {
				t.Errorf("no mutant violates this claim: %s", c.Text)
			}
		}
	}
	w.Flush()
	t.Logf("\n%s", &b)
	if *update {
		if err := os.WriteFile(ruleKills, []byte(b.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if want, err := os.ReadFile(ruleKills); err != nil || b.String() != string(want) {
		t.Errorf("this is not %s; go test -update writes it; %v", ruleKills, err)
	}
}

// violated returns the claims that should hold and do not. An exploration that
// a limit has cut short can tell of some too.
func violated(s model.Study, r modelcheck.Report[guarded.State]) []int {
	var dead []int
	for i, v := range r.Verdicts {
		if v.Outcome == modelcheck.Violated && s.False[s.Program.Claims[i].Name] == "" {
			dead = append(dead, i)
		}
	}
	return dead
}
