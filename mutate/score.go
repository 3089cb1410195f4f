package main

import (
	"fmt"
	"io"
	"maps"
	"path"
	"slices"
)

// count is how many mutants of a file or package there were.
type count struct{ killed, excused, excluded, survived, undecided int }

func (c *count) add(verdict string, e entry, listed bool) {
	switch {
	case verdict == killed:
		c.killed++
	case verdict == undecided:
		c.undecided++
	case verdict == survived && listed && e.excused():
		c.excused++
	case verdict == survived && listed:
		c.excluded++
	case verdict == survived:
		c.survived++
	}
}

func (c count) String() string {
	counted := c.killed + c.excluded + c.survived
	score := "   -  "
	if counted > 0 {
		score = fmt.Sprintf("%5.1f%%", 100*float64(c.killed)/float64(counted))
	}
	return fmt.Sprintf("%s %5d %5d %5d %5d %5d", score, c.killed, c.survived, c.excluded, c.excused, c.undecided)
}

// report writes the scores by file and package, and then the survivors that
// are in no ledger. It returns how many those are.
func report(w io.Writer, mutants []*mutant, verdicts map[string]decision, l ledger) int {
	files, packages := map[string]*count{}, map[string]*count{}
	unlisted := 0
	for _, m := range mutants {
		for key, of := range map[string]map[string]*count{m.File: files, path.Dir(m.File) + "/": packages} {
			if of[key] == nil {
				of[key] = new(count)
			}
			e, listed := l[m.ID]
			of[key].add(verdicts[m.ID].verdict, e, listed)
		}
	}
	fmt.Fprintln(w, "\n score  killed new cannot excused undecided")
	for _, of := range []map[string]*count{files, packages} {
		for _, key := range slices.Sorted(maps.Keys(of)) {
			fmt.Fprintf(w, "%s  %s\n", of[key], key)
		}
	}
	for _, m := range mutants {
		_, listed := l[m.ID]
		switch d := verdicts[m.ID]; {
		case d.verdict == survived && !listed:
			unlisted++
			fmt.Fprintf(w, "\nSURVIVED %s:%d\n%s\n", m.File, m.Line, m.ID)
			if d.by != "" {
				fmt.Fprintln(w, "\t"+d.by)
			}
		case d.verdict == killed && listed:
			fmt.Fprintf(w, "\nKILLED by %s, and in the ledger\n%s\n", d.by, m.ID)
		}
	}
	return unlisted
}
