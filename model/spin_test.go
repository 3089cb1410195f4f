package model_test

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"accio/fsm"
	"accio/internal/require"
	"accio/internal/share"
	"accio/model"
	"accio/model/guarded"
	"accio/model/spin"
	"accio/modelcheck"
	"accio/protocol"
)

// required reports whether ACCIO_REQUIRE names the tool: its tests then leave
// nothing out.
func required(tool string) bool {
	return slices.Contains(strings.Split(os.Getenv("ACCIO_REQUIRE"), ","), tool)
}

func build(t *testing.T, p *guarded.Program) *spin.Verifier {
	t.Helper()
	if tool := spin.Missing(); tool != "" {
		require.Missing(t, tool, "nothing is compared with SPIN")
	}
	v, err := spin.Build(t.TempDir(), p)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func open(t *testing.T, v *spin.Verifier) *spin.Session {
	t.Helper()
	s, err := v.Session()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

// compared counts what both checkers were asked.
type compared struct{ programs, edges, verdicts atomic.Int64 }

// check fails the test unless they were asked exactly so much.
func (c *compared) check(t *testing.T, programs, edges, verdicts int) {
	t.Helper()
	require.Ran(t, "comparisons of programs", int(c.programs.Load()), programs)
	require.Ran(t, "comparisons of edges", int(c.edges.Load()), edges)
	require.Ran(t, "comparisons of verdicts", int(c.verdicts.Load()), verdicts)
}

// compare has both checkers explore p and returns in what they differ.
func (c *compared) compare(s *spin.Session, p *guarded.Program) (differ []string) {
	differs := func(format string, args ...any) { differ = append(differ, p.Name+": "+fmt.Sprintf(format, args...)) }
	theirs, err := s.Edges(p)
	if err != nil {
		differs("%v", err)
		return differ
	}
	ours, err := explore(p)
	if err != nil {
		differs("%v", err)
	}
	c.programs.Add(1)
	c.edges.Add(int64(len(theirs)))
	if !equal(ours, theirs) {
		differs("%d edges here, %d in SPIN, not the same", len(ours), len(theirs))
	}
	for i, v := range p.Check(modelcheck.Limit{}).Verdicts {
		verdict, err := s.Decide(p, p.Claims[i])
		if err != nil {
			differs("%v", err)
			continue
		}
		c.verdicts.Add(1)
		if verdict.Holds != (v.Outcome == modelcheck.Holds) {
			differs("%s: %v here; in SPIN it holds: %v", v.Property, v.Outcome, verdict.Holds)
		}
		steps := -1
		if v.Trace != nil && p.Claims[i].Safety() {
			steps = len(v.Trace.Stem)
		}
		if verdict.Steps != steps {
			differs("%s: %d steps here, %d in SPIN", v.Property, steps, verdict.Steps)
		}
	}
	return differ
}

// SPIN takes the same labelled steps, gives every claim the same verdict, and
// its shortest counterexamples are as long: of the table and of every mutant, or of
// the share of them that ACCIO_SPIN names (I/N), or of a sample if SPIN is not required.
func TestSPINAgrees(t *testing.T) {
	t.Parallel()
	part, err := share.Parse(os.Getenv("ACCIO_SPIN"))
	if err != nil {
		t.Fatalf("ACCIO_SPIN is %v", err)
	}
	mutants := model.Mutants(&protocol.Server)
	tables := []model.Mutant{{Name: "the table", Table: &protocol.Server}}
	for i, m := range mutants {
		if required("spin") && part.Has(i) || !required("spin") && i%48 == 0 {
			tables = append(tables, m)
		}
	}
	for _, env := range []struct {
		name    string
		program func(*fsm.Table) *guarded.Program
		sample  [3]int // compared: tables, edges, verdicts
		all     [3]int
	}{
		{"real", func(table *fsm.Table) *guarded.Program { return model.Server(table, 1) }, [3]int{10, 26_228, 10 * 51}, [3]int{393, 1_223_027, 393 * 51}},
		{"chaos", model.Chaos, [3]int{10, 6_032, 10 * 41}, [3]int{393, 217_760, 393 * 41}},
	} {
		t.Run(env.name, func(t *testing.T) {
			t.Parallel()
			verifier := build(t, env.program(&protocol.Server))
			queue := make(chan model.Mutant)
			var done compared
			var wg sync.WaitGroup
			for range 2 {
				session := open(t, verifier)
				wg.Go(func() {
					for m := range queue {
						for _, text := range done.compare(session, env.program(m.Table)) {
							t.Errorf("%s: %s", m.Name, text)
						}
					}
				})
			}
			for _, m := range tables {
				queue <- m
			}
			close(queue)
			wg.Wait()
			want := env.sample
			if required("spin") {
				want = env.all
			}
			if of := 1 + part.Of(len(mutants)); required("spin") && of < want[0] {
				want = [3]int{of, int(done.edges.Load()), of * want[2] / want[0]} // so many edges as there are
			}
			done.check(t, want[0], want[1], want[2])
		})
	}
}

// SPIN, if it is required, agrees on the other models too, and on those with a
// fault in a rule.
func TestSPINAgreesOnEveryModel(t *testing.T) {
	t.Parallel()
	if !required("spin") {
		t.Skip("takes minutes; it runs if ACCIO_REQUIRE names spin")
	}
	studies := model.Levels(&protocol.Server, &protocol.Client, 2)
	for _, f := range faults {
		if f.study == "crowd" {
			continue // which has ten times the edges of all others, with a fault as without
		}
		s := fault(t, f.study, f.mutant)
		s.Name += ", " + f.mutant
		studies = append(studies, s)
	}
	var done compared
	t.Run("study", func(t *testing.T) {
		for _, study := range studies {
			t.Run(study.Name, func(t *testing.T) {
				t.Parallel()
				for _, text := range done.compare(open(t, build(t, study.Program)), study.Program) {
					t.Error(text)
				}
			})
		}
	})
	done.check(t, 21, 173_466, 468)
}
