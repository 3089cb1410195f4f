package main

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// Every entry of the ledger is of a mutant that exists, and has a verdict with
// its reason; blocks are sorted, and so is each block.
func TestLedger(t *testing.T) {
	known, err := readLedger("ledger.txt")
	if err != nil {
		t.Fatal(err)
	}
	root, err := moduleRoot()
	if err != nil {
		t.Fatal(err)
	}
	t.Chdir(root)
	all, err := load(root, packages)
	if err != nil {
		t.Fatal(err)
	}
	exists := map[string]bool{}
	for _, list := range all {
		for _, m := range list {
			if exists[m.ID] {
				t.Errorf("two mutants have the ID\n%s", m.ID)
			}
			exists[m.ID] = true
		}
	}
	if len(all) != 7 || len(exists) < 3000 {
		t.Errorf("%d packages with %d mutants", len(all), len(exists))
	}
	for id, e := range known {
		if !exists[id] {
			t.Errorf("ledger.txt:%d: no such mutant: take the entry out, or find what became of it:\n%s", e.line, id)
		}
	}
	text, err := os.ReadFile(filepath.Join(root, "mutate", "ledger.txt"))
	if err != nil {
		t.Fatal(err)
	}
	var firsts []string
	for block := range strings.SplitSeq(string(text), "\n\n") {
		var ids []string
		for line := range strings.Lines(block) {
			if line[0] != '\t' && line[0] != '#' {
				ids = append(ids, strings.TrimSpace(line))
			}
		}
		if !slices.IsSorted(ids) {
			t.Errorf("not sorted:\n%s", strings.Join(ids, "\n"))
		}
		if len(ids) > 0 {
			firsts = append(firsts, ids[0])
		}
	}
	for i := 1; i < len(firsts); i++ {
		if firsts[i-1] > firsts[i] {
			t.Errorf("this block comes too late:\n%s", firsts[i])
		}
	}
}

func TestReadLedger(t *testing.T) {
	read := func(text string) (ledger, error) {
		name := filepath.Join(t.TempDir(), "ledger.txt")
		if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		return readLedger(name)
	}
	good := "# why\n\na f op: x → y\nb f op: x → y\n\tequivalent because x is y\n\nc\n\tperformance only: it is slower\nd\n\tcannot be brought about because the kernel is well\n"
	l, err := read(good)
	if err != nil || len(l) != 4 {
		t.Fatal(l, err)
	}
	if e := l["b f op: x → y"]; e != (entry{4, equivalent, "x is y"}) || !e.excused() {
		t.Error(e)
	}
	if e := l["d"]; e != (entry{9, cannot, "the kernel is well"}) || e.excused() {
		t.Error(e)
	}
	if e := l["c"]; e != (entry{7, performance, "it is slower"}) || !e.excused() {
		t.Error(e)
	}
	for text, want := range map[string]string{
		"a\n":                                 "ledger.txt:1: no verdict for a",
		"\tequivalent because x is y\n":       "ledger.txt:1: a verdict needs a mutant before it",
		"a\n\tequivalent because so\n":        "ledger.txt:2: a verdict begins with",
		"a\n\tis fine, all is well\n":         "ledger.txt:2: a verdict begins with",
		"a\na\n\tequivalent because x is y\n": "ledger.txt:2: this mutant is here twice",
	} {
		if _, err := read(text); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, not %s", text, err, want)
		}
	}
}
