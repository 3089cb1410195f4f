package modelcheck

import (
	"fmt"
	"slices"
	"strings"
)

// Message is how a step is drawn: an arrow between two participants or, if To
// is empty, a note over From. The zero value is not drawn.
type Message struct {
	From, To string
	Text     string
}

// Mermaid returns the trace as a Mermaid sequence diagram. Participants stand
// in the order in which they appear; the loop is a box. A nil draw draws every
// step as a message of one participant to itself, with its label and the state
// after it.
func (t *Trace[S]) Mermaid(draw func(from S, label string, to S) Message) string {
	if draw == nil {
		draw = func(_ S, label string, to S) Message {
			return Message{"system", "system", label + "\n" + t.show(to)}
		}
	}
	var names []string
	participant := func(name string) string {
		i := slices.Index(names, name)
		if i < 0 {
			i = len(names)
			names = append(names, name)
		}
		return fmt.Sprintf("p%d", i)
	}
	var body strings.Builder
	indent, from := "    ", t.Start
	for i, step := range t.steps() {
		if i == len(t.Stem) {
			body.WriteString("    loop for ever\n")
			indent += "    "
		}
		switch m := draw(from, step.Label, step.To); {
		case m == Message{}:
		case m.To == "":
			fmt.Fprintf(&body, "%sNote over %s: %s\n", indent, participant(m.From), escape(m.Text))
		default:
			a, b := participant(m.From), participant(m.To)
			fmt.Fprintf(&body, "%s%s->>%s: %s\n", indent, a, b, escape(m.Text))
		}
		from = step.To
	}
	if len(t.Loop) > 0 {
		body.WriteString("    end\n")
	}

	var b strings.Builder
	b.WriteString("sequenceDiagram\n")
	if t.Property != "" {
		fmt.Fprintf(&b, "    title %s\n", escape(t.Property))
	}
	for i, name := range names {
		fmt.Fprintf(&b, "    participant p%d as %s\n", i, escape(name))
	}
	return b.String() + body.String()
}

// escape replaces what Mermaid would read as syntax by its entities.
var escape = strings.NewReplacer(
	"#", "#35;", ";", "#59;", "%", "#37;", "<", "#lt;", ">", "#gt;", "\r", "", "\n", "<br/>",
).Replace
