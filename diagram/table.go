package diagram

import (
	"fmt"
	"slices"
	"strings"
	"text/tabwriter"

	"accio/fsm"
)

// Table returns the table as plain text: what is done in each state, then every
// transition on a line of its own.
func Table(t *fsm.Table) string {
	var b strings.Builder
	path, _, _ := goodPath(t)
	w := tabwriter.NewWriter(&b, 0, 0, 3, ' ', 0)
	fmt.Fprint(w, "state\twhat is done in it\n")
	for _, s := range allStates(t) {
		does := visible(work(t.Activity(s)))
		switch {
		case s == t.Initial:
			does += " (every connection begins here)"
		case t.IsTerminal(s):
			does = "nothing; a " + kind(t.IsGood(s)) + " end"
		}
		fmt.Fprintf(w, "%s\t%s\n", visible(string(s)), does)
	}
	w.Flush()

	b.WriteString("\n")
	fmt.Fprint(w, "in state\tevent\tleads to\tgood session\n")
	for _, e := range edges(t) {
		for _, ev := range e.events {
			good := ""
			if ev == t.Activity(e.from).Ends && slices.Contains(path, e.from) {
				good = "yes"
			}
			fmt.Fprintf(w, "%s\t%s\t%s\t%s\n", visible(string(e.from)), visible(string(ev)), visible(string(e.to)), good)
		}
	}
	w.Flush()
	lines := strings.Split(b.String(), "\n")
	for i, line := range lines {
		lines[i] = strings.TrimRight(line, " ")
	}
	return strings.Join(lines, "\n")
}
