package diagram

import (
	"fmt"
	"slices"
	"strings"

	"accio/fsm"
)

// Mermaid returns the table as a Mermaid state diagram, in the order of the
// table. One arrow joins two states and carries all their events. An event that
// ends its activity as it should is bold, a state outside the good session is
// dashed; no meaning hangs on a colour.
func Mermaid(t *fsm.Table) string {
	var b strings.Builder
	b.WriteString("stateDiagram-v2\n")
	b.WriteString("    classDef good stroke-width:2px\n")
	b.WriteString("    classDef bad stroke-dasharray:6 4\n")

	path, _, _ := goodPath(t) // what there is of it
	for _, s := range allStates(t) {
		fmt.Fprintf(&b, "    %s : %s\n", id(s), mermaidText(string(s)))
		if w := work(t.Activity(s)); w != "" {
			fmt.Fprintf(&b, "    %s : %s\n", id(s), mermaidText(w))
		}
	}

	fmt.Fprintf(&b, "    [*] --> %s\n", id(t.Initial))
	for _, e := range edges(t) {
		labels := make([]string, len(e.events))
		for i, ev := range e.events {
			labels[i] = mermaidText(string(ev))
			if ev == t.Activity(e.from).Ends {
				labels[i] = "<b>" + labels[i] + "</b>"
			}
		}
		fmt.Fprintf(&b, "    %s --> %s : %s\n", id(e.from), id(e.to), strings.Join(labels, "<br/>"))
	}
	for _, s := range t.Terminal {
		fmt.Fprintf(&b, "    %s --> [*]\n", id(s))
	}

	bad := func(s fsm.State) bool { return !isGood(t, path, s) }
	class(&b, "good", append(path, slices.DeleteFunc(allStates(t), func(s fsm.State) bool { return bad(s) || slices.Contains(path, s) })...))
	class(&b, "bad", slices.DeleteFunc(allStates(t), func(s fsm.State) bool { return !bad(s) }))
	return b.String()
}

func class(b *strings.Builder, name string, states []fsm.State) {
	if len(states) == 0 {
		return
	}
	ids := make([]string, len(states))
	for i, s := range states {
		ids[i] = id(s)
	}
	fmt.Fprintf(b, "    class %s %s\n", strings.Join(ids, ","), name)
}
