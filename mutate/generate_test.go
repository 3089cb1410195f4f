package main

import (
	"os"
	"slices"
	"strings"
	"testing"
)

const fixture = "accio/mutate/testdata/fixture"

func fixtureMutants(t *testing.T) (root string, mutants []*mutant) {
	t.Helper()
	root, err := moduleRoot()
	if err != nil {
		t.Fatal(err)
	}
	all, err := load(root, []string{fixture})
	if err != nil {
		t.Fatal(err)
	}
	return root, all[fixture]
}

// The package has these mutants and no other. The list is written by
// "go run ./mutate -list ./mutate/testdata/fixture", and was read.
func TestMutantsOfTheFixture(t *testing.T) {
	text, err := os.ReadFile("testdata/fixture.txt")
	if err != nil {
		t.Fatal(err)
	}
	want := strings.Split(strings.TrimSuffix(string(text), "\n"), "\n")
	_, mutants := fixtureMutants(t)
	kinds := map[string]int{}
	for i, m := range mutants {
		kinds[m.Kind]++
		if i >= len(want) || m.ID != want[i] {
			t.Fatalf("mutant %d is\n%s, not\n%s", i, m.ID, want[min(i, len(want)-1)])
		}
	}
	if len(mutants) != len(want) || len(kinds) != 5 {
		t.Errorf("%d mutants of %d kinds, not %d of 5", len(mutants), len(kinds), len(want))
	}
}

// An edit elsewhere, of other functions and of the lines above, leaves the ID
// of a mutant as it is; two changes that read the same are numbered.
func TestIDsStayTheSame(t *testing.T) {
	source := func(text string) (ids []string) {
		seen := map[string]int{}
		for i := 0; ; {
			n := strings.Index(text[i:], "x > 0")
			if n < 0 {
				return ids
			}
			m := &mutant{source: []byte(text), File: "a/b.go", Func: "f", Kind: "op", start: i + n + 2, end: i + n + 3}
			m.identify("<=", seen)
			ids = append(ids, m.ID)
			i += n + 1
		}
	}
	want := []string{"a/b.go f op: if x > 0 { → if x <= 0 {", "a/b.go f op: if x > 0 { → if x <= 0 { #2"}
	for _, text := range []string{
		"\tif x > 0 {\n}\n\tif x > 0 {\n}",
		"// A comment.\n\ty := 1\n\t\tif  x > 0 { // and why\n\t}\n\tif x > 0 {",
	} {
		if got := source(text); !slices.Equal(got, want) {
			t.Errorf("%q: %q", text, got)
		}
	}
}

// Long lines are cut, and only around what changes.
func TestLongLinesAreCut(t *testing.T) {
	text := strings.Repeat("a", 80) + "0" + strings.Repeat("b", 80)
	m := &mutant{source: []byte(text), File: "a.go", Func: "f", Kind: "const", start: 80, end: 81}
	m.identify("1", map[string]int{})
	want := "a.go f const: …" + strings.Repeat("a", 49) + "0" + strings.Repeat("b", 29) + "…"
	want += " → …" + strings.Repeat("a", 49) + "1" + strings.Repeat("b", 29) + "…"
	if m.ID != want {
		t.Errorf("%s", m.ID)
	}
}
