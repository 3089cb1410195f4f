package model_test

import (
	"slices"
	"strings"
	"testing"

	"accio/model"
	"accio/model/guarded"
	"accio/modelcheck"
	"accio/protocol"
)

// faults are mutants of rules, each with what tells of it, and in how many
// steps at least.
var faults = []struct {
	study, mutant, claim string
	steps                int
}{
	{"server", "reads the end of the stream: without (in0 == 0)", "in_order", 4},
	{"server", "read fails: without (in0 == 0)", "in_order", 4},
	{"server", "no byte for the idle limit: without (in0 == 0)", "in_order", 3},
	{"server", "no byte for the idle limit: without (inend == 0)", "time_last", 3},
	{"server", "reads the end of the stream: without (stop == 0)", "shutdown_first", 4},
	{"faults", "server: reads the end of the stream: without (up0 == 0)", "server_knows", 20},
	{"faults", "client → server: closes: without !((client_state == 7))", "server_knows", 19},
	{"queue", "client 2 is accepted: without (place2 == 1)", "served", 1},
	{"queue", "client 2 has its stream read: without (sent2 == 2)", "honest", 8},
	{"queue", "the queue is reset: without (stop == 1)", "orderly", 2},
	{"queue", "the last client goes first", "fifo", 4},
	{"crowd", "client 3 is accepted: without ((((place1 == 1) + (place2 == 1)) + (place3 == 1)) < 2)", "roomy", 6},
	{"crowd", "client 3 has its stream read: without (sent3 == 2)", "honest", 8},
	{"crowd", "client 3 is told of the shutdown: without (phase == 2)", "patient", 3},
	{"crowd", "the queue is reset: without !((phase == 0))", "orderly", 2},
	{"crowd", "the server ends: without ((((1 < place1) + (1 < place2)) + (1 < place3)) == 0)", "settled", 3},
}

// fault returns the study with its program changed.
func fault(t *testing.T, study, mutant string) model.Study {
	t.Helper()
	levels := model.Levels(&protocol.Server, &protocol.Client, 2)
	s := levels[slices.IndexFunc(levels, func(s model.Study) bool { return s.Name == study })]
	for _, m := range append(s.Program.Mutants(), lifo(s.Program)...) {
		if m.Name == mutant {
			s.Program = m.Program
			return s
		}
	}
	t.Fatalf("%s has no mutant %q", study, mutant)
	return s
}

// lifo returns the queue of which the last client goes first, unless the other
// is being served.
func lifo(p *guarded.Program) []guarded.Mutant {
	vars := map[string]*guarded.Var{}
	for _, v := range p.Vars {
		vars[v.Name] = v
	}
	q := *p
	q.Rules = slices.Clone(p.Rules)
	for i, r := range q.Rules {
		client, connects := strings.CutSuffix(r.Label, " connects")
		if !connects {
			continue
		}
		self, other := vars["place1"], vars["place2"]
		if client == "client 2" {
			self, other = other, self
		}
		q.Rules[i].Do = append(slices.Clone(r.Do), guarded.If(guarded.And(other.Is(1), vars["serving"].Is(0)),
			[]guarded.Stmt{guarded.Set(other, guarded.Num(2)), guarded.Set(self, guarded.Num(1))}))
	}
	return []guarded.Mutant{{Name: "the last client goes first", Program: &q}}
}

// Each of the faults violates its claim and no other, in so many steps.
func TestFaultsInRules(t *testing.T) {
	for _, f := range faults {
		s := fault(t, f.study, f.mutant)
		r := s.Run(modelcheck.Limit{})
		dead := violated(s, r)
		if len(dead) != 1 || s.Program.Claims[dead[0]].Name != f.claim {
			t.Errorf("%s: %s: violates %v, want %s alone", f.study, f.mutant, dead, f.claim)
		} else if trace := r.Verdicts[dead[0]].Trace; len(trace.Stem) != f.steps {
			t.Errorf("%s: %s: %d steps, want %d\n%v", f.study, f.mutant, len(trace.Stem), f.steps, trace)
		}
	}
}
