package diagram_test

import (
	"os/exec"
	"strings"
	"testing"

	"accio/diagram"
	"accio/fsm"
	"accio/protocol"
)

func TestDOT(t *testing.T) {
	same(t, diagram.DOT(&small), `digraph "left" {
    node [shape=box style=rounded]
    start [shape=circle label="" width=0.2 style=filled fillcolor=black]
    "Ask" [label="Ask\nwrite who\\n"]
    "Hear" [label="Hear\nexpect me\\n"]
    "Good" [label="Good" peripheries=2]
    "Bad" [label="Bad" style="rounded,dashed" peripheries=2]
    start -> "Ask"
    "Ask" -> "Hear" [penwidth=2.5 weight=20 label="asked"]
    "Ask" -> "Bad" [style=dashed label="broke\ntimedout"]
    "Hear" -> "Good" [penwidth=2.5 weight=20 label="told"]
    "Hear" -> "Bad" [style=dashed label="timedout"]
}
`)
}

// Graphviz, where it is at hand, takes whatever a table has.
func TestGraphvizTakesDOT(t *testing.T) {
	if _, err := exec.LookPath("dot"); err != nil {
		t.Skip("Graphviz's dot is not installed")
	}
	for _, table := range []*fsm.Table{&protocol.Server, &protocol.Client, &small, &awkward, &bulk, broken} {
		dot := exec.Command("dot", "-Tplain")
		dot.Stdin = strings.NewReader(diagram.DOT(table))
		if out, err := dot.CombinedOutput(); err != nil || !strings.HasPrefix(string(out), "graph ") {
			t.Errorf("%s: %v %s", table.Role, err, out)
		}
	}
}
