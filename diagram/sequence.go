package diagram

import (
	"fmt"
	"strings"

	"accio/fsm"
)

// Sequence runs a machine of the table over the events and returns the run as a
// Mermaid sequence chart: what each activity puts on the wire or awaits there,
// and the state after each event. An activity that did not end as it should is
// a dashed arrow with a cross. The error is that of [fsm.Machine.Fire].
func Sequence(t *fsm.Table, events ...fsm.Event) (string, error) {
	var b strings.Builder
	b.WriteString("sequenceDiagram\n")
	fmt.Fprintf(&b, "    participant own as %s\n", mermaidText(t.Role))
	fmt.Fprintf(&b, "    participant peer as %s\n", mermaidText(t.Peer))
	fmt.Fprintf(&b, "    Note over own: %s\n", mermaidText(string(t.Initial)))

	m := fsm.NewMachine(t, nil)
	for _, e := range events {
		a := m.Activity()
		if err := m.Fire(e); err != nil {
			return "", err
		}
		w := wire(a)
		from, to := "own", "peer"
		if w.in {
			from, to = to, from
		}
		switch {
		case e == a.Ends:
			for _, text := range w.whole {
				fmt.Fprintf(&b, "    %s->>%s: %s\n", from, to, mermaidText(text))
			}
		case w.cut != "":
			fmt.Fprintf(&b, "    %s--x%s: %s\n", from, to, mermaidText(w.cut))
		}
		fmt.Fprintf(&b, "    Note over own: %s<br/>→ %s\n", mermaidText(string(e)), mermaidText(string(m.State())))
	}
	return b.String(), nil
}
