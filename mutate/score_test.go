package main

import (
	"strings"
	"testing"
)

// The score leaves out what is equivalent or slower only, what does not compile
// and what was not decided; a survivor without entry is told.
func TestReport(t *testing.T) {
	verdicts := map[string]decision{
		"k1": {killed, "TestA"}, "k2": {killed, "TestA"}, "k3": {killed, "TestB"},
		"new": {survived, "not covered"}, "eq": {survived, ""}, "perf": {survived, ""}, "no": {survived, ""},
		"inv": {invalid, ""}, "late": {undecided, ""},
	}
	l := ledger{"eq": {verdict: equivalent}, "perf": {verdict: performance}, "no": {verdict: cannot}, "k3": {verdict: cannot}}
	var mutants []*mutant
	for _, id := range []string{"k1", "k2", "k3", "new", "eq", "perf", "no", "inv", "late"} {
		m := &mutant{ID: id, File: "p/a.go", Line: 7}
		if id == "k1" {
			m.File = "p/b.go"
		}
		mutants = append(mutants, m)
	}
	var b strings.Builder
	if n := report(&b, mutants, verdicts, l); n != 1 {
		t.Errorf("%d survivors", n)
	}
	want := `
 score  killed new cannot excused undecided
 50.0%     2     1     1     2     1  p/a.go
100.0%     1     0     0     0     0  p/b.go
 60.0%     3     1     1     2     1  p/

KILLED by TestB, and in the ledger
k3

SURVIVED p/a.go:7
new
	not covered
`
	if b.String() != want {
		t.Errorf("%s", b.String())
	}
}
