package main

import (
	"context"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"accio/internal/racing"
)

// prefix of the IDs of the fixture's first file.
const first = "mutate/testdata/fixture/fixture.go "

// What tests of the fixture say of its mutants: those that are here survive or
// do not compile, all others of that file are killed.
var fixtureVerdicts = map[string]decision{
	first + `class delete: return "even", true`: {invalid, ""},
	first + `class delete: return "odd", false`: {invalid, ""},
	first + `class delete: return "zero", true`: {invalid, ""},

	first + `store.sum delete: defer s.note("sum")`:                                                {survived, ""},
	first + `store.sum const: defer s.note("sum") → defer s.note("")`:                              {survived, ""},
	first + `store.sum op: if s.items[i] < 0 { → if s.items[i] <= 0 {`:                             {survived, ""},
	first + `store.sum const: if s.items[i] < 0 { → if s.items[i] < 1 {`:                           {survived, ""},
	first + `store.note delete: func (s *store) note(text string) { s.log = append(s.log, text) }`: {survived, ""},
	first + `class const: return "zero", true → return "zero", false`:                              {survived, ""},
	first + `class const: return "even", true → return "even", false`:                              {survived, ""},
	first + `class const: return "odd", false → return "odd", true`:                                {survived, ""},
	first + `store.forget delete: s.items = nil`:                                                   {survived, "not covered"},
	first + `store.forget delete: s.name = ""`:                                                     {survived, "not covered"},
}

// One mutant of each verdict; with ACCIO_LONG=1 all of the file. A second run
// takes them from what the first one has written.
func TestVerdicts(t *testing.T) {
	if racing.Enabled {
		t.Skip("what is built here is not built for the race detector")
	}
	root, mutants := fixtureMutants(t)
	long, count := os.Getenv("ACCIO_LONG") != "", 4
	if long {
		count = 48
	}
	var chosen []*mutant
	for _, m := range mutants {
		if long && strings.HasPrefix(m.ID, first) || slices.Contains([]string{
			first + `class delete: return "odd", false`,
			first + `class const: return "odd", false → return "odd", true`,
			first + `class const: return "odd", false → return "", false`,
			first + `store.forget delete: s.items = nil`,
		}, m.ID) {
			chosen = append(chosen, m)
		}
	}
	if len(chosen) != count {
		t.Fatalf("%d mutants, not %d", len(chosen), count)
	}
	dir := t.TempDir()
	ss, err := suites(root, dir, fixture, chosen)
	if err != nil || len(ss) != 1 {
		t.Fatal(len(ss), err)
	}
	o := &options{jobs: 2}
	run := func(ctx context.Context) map[string]decision {
		st, err := openState(filepath.Join(dir, "verdicts"))
		if err != nil {
			t.Fatal(err)
		}
		defer st.file.Close()
		got := map[string]decision{}
		if err := o.runPackage(ctx, root, chosen, ss, st, ledger{}, got); err != nil {
			t.Fatal(err)
		}
		return got
	}
	got := run(t.Context())
	for _, m := range chosen {
		want, ok := fixtureVerdicts[m.ID]
		if !ok {
			want = decision{killed, got[m.ID].by}
			if !strings.Contains(want.by, " Test") {
				t.Errorf("%s\nis killed by %q, not by a test", m.ID, want.by)
			}
		}
		if got[m.ID] != want {
			t.Errorf("%s\nis %v, not %v", m.ID, got[m.ID], want)
		}
	}
	ended, cancel := context.WithCancel(t.Context())
	cancel() // what were run now would be undecided
	if again := run(ended); !maps.Equal(again, got) {
		t.Errorf("the second run says %v", again)
	}
}
