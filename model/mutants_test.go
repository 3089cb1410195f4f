package model_test

import (
	"flag"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"text/tabwriter"

	"accio/fsm"
	"accio/internal/racing"
	"accio/internal/require"
	"accio/model"
	"accio/model/guarded"
	"accio/modelcheck"
	"accio/protocol"
)

type edge = modelcheck.Edge[guarded.State]

// edges returns the labelled edges that the program can take.
func edges(t *testing.T, p *guarded.Program) map[edge]bool {
	t.Helper()
	set, err := explore(p)
	if err != nil {
		t.Fatal(err)
	}
	return set
}

// explore is edges for a goroutine that must not end the test.
func explore(p *guarded.Program) (map[edge]bool, error) {
	graph, err := modelcheck.Explore(p.System(), modelcheck.Limit{})
	set := map[edge]bool{}
	for e := range graph.Edges() {
		set[e] = true
	}
	return set, err
}

// environments are those that mutants have to survive.
var environments = []struct {
	name    string
	program func(*fsm.Table) *guarded.Program
}{
	{"real", func(t *fsm.Table) *guarded.Program { return model.Server(t, 1) }},
	{"chaos", model.Chaos},
}

// endless is a claim that is false of the table itself.
const endless = "always_ends"

func TestMutantsAreEverySingleCell(t *testing.T) {
	count := map[model.Change]int{}
	names := map[string]bool{}
	for _, m := range model.Mutants(&protocol.Server) {
		count[m.Change]++
		names[m.Name] = true
		differ := 0
		for _, s := range protocol.Server.States() {
			for _, e := range protocol.Server.Events {
				was, had := protocol.Server.Next(s, e)
				if is, has := m.Table.Next(s, e); is != was || has != had {
					differ++
				}
			}
		}
		if differ != 1 {
			t.Errorf("%s differs in %d cells", m.Name, differ)
		}
	}
	if count[model.Delete] != 29 || count[model.Redirect] != 29*6 || count[model.Add] != 27*7 || len(names) != 392 {
		t.Error(count, len(names))
	}
}

// Each mutant is killed by a claim or proven equivalent, in each environment,
// and killed in one of them. With -v it prints the matrix.
func TestEveryMutantIsKilled(t *testing.T) {
	t.Parallel()
	unlessRacing(t)
	type tally struct{ killed, equivalent map[model.Change]int }
	var invalid []string
	kills := map[string]map[model.Change]int{}
	rank := map[string]int{}
	tallies := make([]tally, len(environments))
	base := make([]map[edge]bool, len(environments))
	for i, env := range environments {
		tallies[i] = tally{map[model.Change]int{}, map[model.Change]int{}}
		base[i] = edges(t, env.program(&protocol.Server))
		for _, c := range env.program(&protocol.Server).Claims {
			if c.Name == endless {
				continue
			}
			name := env.name + ": " + c.Text
			kills[name], rank[name] = map[model.Change]int{}, len(rank)
		}
	}
	total := map[model.Change]int{}
	for _, m := range model.Mutants(&protocol.Server) {
		total[m.Change]++
		if m.Table.Validate() != nil {
			invalid = append(invalid, m.Name)
		}
		dead := false
		for i, env := range environments {
			p := env.program(m.Table)
			r := p.Check(modelcheck.Limit{})
			if r.Err != nil {
				t.Fatal(m.Name, r.Err)
			}
			killed := false
			for i, v := range r.Verdicts {
				if v.Outcome != modelcheck.Holds && p.Claims[i].Name != endless {
					killed = true
					kills[env.name+": "+v.Property][m.Change]++
				}
			}
			switch {
			case killed:
				dead = true
				tallies[i].killed[m.Change]++
			case equal(edges(t, p), base[i]):
				tallies[i].equivalent[m.Change]++
			default:
				t.Errorf("%s survives in environment %s, and it is not equivalent", m.Name, env.name)
			}
		}
		if !dead {
			t.Errorf("%s is killed nowhere", m.Name)
		}
	}
	var b strings.Builder
	w := tabwriter.NewWriter(&b, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "\tdelete\tredirect\tadd")
	row := func(name string, n map[model.Change]int) {
		fmt.Fprintf(w, "%s\t%d\t%d\t%d\n", name, n[model.Delete], n[model.Redirect], n[model.Add])
	}
	row("mutants", total)
	for i, env := range environments {
		row(env.name+": killed", tallies[i].killed)
		row(env.name+": equivalent", tallies[i].equivalent)
	}
	order := make([]string, len(rank))
	for name, i := range rank {
		order[i] = name
	}
	for _, name := range order {
		row(name, kills[name])
	}
	w.Flush()
	fmt.Fprintf(&b, "\nValidate alone catches %d of the mutants:\n%s\n", len(invalid), strings.Join(invalid, "\n"))
	t.Logf("\n%s", &b)
	if *update {
		if err := os.WriteFile(matrix, []byte(b.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if want, err := os.ReadFile(matrix); err != nil || b.String() != string(want) {
		t.Errorf("the matrix is not that of %s; see with -v what changed, go test -update writes it; %v", matrix, err)
	}
}

var update = flag.Bool("update", false, "write "+matrix)

// unlessRacing skips what one goroutine does for a long time: the race detector
// has nothing to see in it.
func unlessRacing(t *testing.T) {
	t.Helper()
	if racing.Enabled {
		t.Skip("one goroutine that computes; it runs without the race detector")
	}
}

// matrix is the kill matrix as it was, so that a claim that has become weaker
// is noticed even if others still kill the mutants.
const matrix = "testdata/kills.txt"

func equal(a, b map[edge]bool) bool {
	if len(a) != len(b) {
		return false
	}
	for e := range a {
		if !b[e] {
			return false
		}
	}
	return true
}

// Mutants shares nothing with the table.
func TestMutantsLeaveTheTable(t *testing.T) {
	before := slices.Clone(protocol.Server.Transitions)
	overwritten := 0
	for _, m := range model.Mutants(&protocol.Server) {
		for i := range m.Table.Transitions {
			m.Table.Transitions[i].To = "overwritten"
			overwritten++
		}
	}
	if !slices.Equal(before, protocol.Server.Transitions) {
		t.Error("the table has changed")
	}
	require.Ran(t, "transitions", overwritten, 29*28+174*29+189*30)
}
