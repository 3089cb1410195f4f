package diagram

import (
	"fmt"
	"strings"

	"accio/fsm"
)

// DOT returns the table as a directed graph for Graphviz, in the order of the
// table. One arrow joins two states and carries all their events. The good
// session is heavy, terminal states have a double border, and what is no part of
// a good session is dashed.
func DOT(t *fsm.Table) string {
	var b strings.Builder
	path, _, _ := goodPath(t)
	fmt.Fprintf(&b, "digraph %s {\n    node [shape=box style=rounded]\n    start [shape=circle label=\"\" width=0.2 style=filled fillcolor=black]\n", quoted(t.Role))
	for _, s := range allStates(t) {
		label, style := visible(string(s)), ""
		if w := work(t.Activity(s)); w != "" {
			label += "\n" + visible(w)
		}
		if !isGood(t, path, s) {
			style = ` style="rounded,dashed"`
		}
		if t.IsTerminal(s) {
			style += " peripheries=2"
		}
		fmt.Fprintf(&b, "    %s [label=%s%s]\n", quoted(id(s)), quoted(label), style)
	}
	fmt.Fprintf(&b, "    start -> %s\n", quoted(id(t.Initial)))
	for _, e := range edges(t) {
		style := "style=dashed"
		if e.good(path) {
			style = "penwidth=2.5 weight=20"
		}
		var events []string
		for _, ev := range e.events {
			events = append(events, visible(string(ev)))
		}
		fmt.Fprintf(&b, "    %s -> %s [%s label=%s]\n", quoted(id(e.from)), quoted(id(e.to)), style, quoted(strings.Join(events, "\n")))
	}
	b.WriteString("}\n")
	return b.String()
}

// quoted returns s as DOT has a text.
func quoted(s string) string {
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`, "\n", `\n`).Replace(s) + `"`
}
