package main

import (
	"fmt"
	"os"
	"strings"
)

// ledger is what is known of survivors: for each ID its verdict with reason.
type ledger map[string]entry

type entry struct {
	line    int
	verdict string
	reason  string
}

// The verdicts. The first two do not count against the tests.
const (
	equivalent  = "equivalent because "
	performance = "performance only: "
	cannot      = "cannot be brought about because "
)

func (e entry) excused() bool { return e.verdict != cannot }

// readLedger reads a file of this form, sorted by the first ID of each block,
// with IDs sorted in it; # begins a comment.
//
//	ID
//	ID
//		equivalent because …
func readLedger(name string) (ledger, error) {
	text, err := os.ReadFile(name)
	if err != nil {
		return nil, err
	}
	l := ledger{}
	var ids []string
	lines := map[string]int{}
	n := 0
	for line := range strings.Lines(string(text)) {
		n++
		line = strings.TrimRight(line, "\n")
		wrong := func(what string) error { return fmt.Errorf("%s:%d: %s", name, n, what) }
		switch {
		case strings.TrimSpace(line) == "" || line[0] == '#':
		case line[0] != '\t':
			if _, ok := lines[line]; ok {
				return nil, wrong("this mutant is here twice")
			}
			ids = append(ids, line)
			lines[line] = n
		case len(ids) == 0:
			return nil, wrong("a verdict needs a mutant before it")
		default:
			e, ok := parseVerdict(line[1:])
			if !ok {
				return nil, wrong(fmt.Sprintf("a verdict begins with %q, %q or %q, and its reason follows", equivalent, performance, cannot))
			}
			for _, id := range ids {
				e.line = lines[id]
				l[id] = e
			}
			ids = nil
		}
	}
	if len(ids) > 0 {
		return nil, fmt.Errorf("%s:%d: no verdict for %s", name, n, ids[0])
	}
	return l, nil
}

func parseVerdict(text string) (entry, bool) {
	for _, v := range []string{equivalent, performance, cannot} {
		if reason, ok := strings.CutPrefix(text, v); ok && len(strings.Fields(reason)) >= 3 {
			return entry{verdict: v, reason: reason}, true
		}
	}
	return entry{}, false
}
