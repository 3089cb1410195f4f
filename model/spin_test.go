package model_test

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"

	"accio/fsm"
	"accio/internal/require"
	"accio/model"
	"accio/model/guarded"
	"accio/model/spin"
	"accio/modelcheck"
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

// compare has both checkers explore p and returns in what they differ.
func compare(s *spin.Session, p *guarded.Program) (differ []string) {
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
	if !equal(ours, theirs) {
		differs("%d edges here, %d in SPIN, not the same", len(ours), len(theirs))
	}
	for i, v := range p.Check(modelcheck.Limit{}).Verdicts {
		verdict, err := s.Decide(p, p.Claims[i])
		if err != nil {
			differs("%v", err)
			continue
		}
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
// its shortest counterexamples are as long: of the table and of every mutant,
// or of a sample of them if SPIN is not required.
func TestSPINAgrees(t *testing.T) {
	t.Parallel()
	tables := []model.Mutant{{Name: "the table", Table: &fsm.Server}}
	for i, m := range model.Mutants(&fsm.Server) {
		if required("spin") || i%16 == 0 {
			tables = append(tables, m)
		}
	}
	for _, env := range []struct {
		name    string
		program func(*fsm.Table) *guarded.Program
	}{
		{"real", func(table *fsm.Table) *guarded.Program { return model.Server(table, 1) }},
		{"chaos", model.Chaos},
	} {
		t.Run(env.name, func(t *testing.T) {
			t.Parallel()
			verifier := build(t, env.program(&fsm.Server))
			queue := make(chan model.Mutant)
			var wg sync.WaitGroup
			for range 2 {
				session := open(t, verifier)
				wg.Go(func() {
					for m := range queue {
						for _, text := range compare(session, env.program(m.Table)) {
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
		})
	}
}

// SPIN agrees on the other models too, and on those with a fault in a rule: of
// all, or of the one that is told as a story if SPIN is not required.
func TestSPINAgreesOnEveryModel(t *testing.T) {
	t.Parallel()
	studies := model.Levels(&fsm.Server, &fsm.Client, 2)
	for _, f := range faults {
		s := fault(t, f.study, f.mutant)
		s.Name += ", " + f.mutant
		studies = append(studies, s)
	}
	for _, study := range studies {
		if study.Name == "published" || required("spin") {
			t.Run(study.Name, func(t *testing.T) {
				t.Parallel()
				for _, text := range compare(open(t, build(t, study.Program)), study.Program) {
					t.Error(text)
				}
			})
		}
	}
}
