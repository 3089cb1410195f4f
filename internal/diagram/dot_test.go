package diagram_test

import (
	"strings"
	"testing"

	"accio/fsm"
	"accio/internal/diagram"
)

func TestDOT(t *testing.T) {
	got := diagram.DOT(&small)
	for _, want := range []string{
		`"s-Ask" -> "s-Hear" [id="e-Ask-Hear" weight=20 penwidth=2.5 `,
		`"e-Ask-Bad" [id="e-Ask-Bad" `,
		`"s-Ask" -> "e-Ask-Bad" [id="tail-e-Ask-Bad" style=dashed arrowhead=none `,
		`"e-Ask-Bad" -> "s-Bad" [id="head-e-Ask-Bad" style=dashed `,
		`"e-Hear-Bad" -> "s-Bad" [id="head-e-Hear-Bad" style=dashed`,
		`<td id="t-Ask-timedout" `,
		`who&#92;n`,
	} {
		if !strings.Contains(got, want) {
			t.Errorf("no %s in\n%s", want, got)
		}
	}
	if again := diagram.DOT(&small); again != got {
		t.Error("not the same twice")
	}
}

// Every state, arrow and event has an id, whatever the table calls it.
func TestDOTAwkward(t *testing.T) {
	got := diagram.DOT(&awkward)
	for _, want := range []string{
		`id="s-note_"`, `id="s-_5b__2a__5d__20__2d__2d__3e__20_x"`, `id="t-note_-a_7c_b_3b_"`, `digraph "end; of #1" {`,
		`&#91;&#42;&#93; &#45;&#45;&#62; x`,
	} {
		if !strings.Contains(strings.ReplaceAll(got, " --", " &#45;&#45;"), want) {
			t.Errorf("no %s in\n%s", want, got)
		}
	}
}

// Every transition has its label, whatever is wrong with the table.
func TestDOTHasEveryTransition(t *testing.T) {
	broken := small.Clone()
	broken.Transitions = append(broken.Transitions, fsm.Transition{From: "Hear", Event: "moved", To: "Nowhere"})
	for _, table := range []*fsm.Table{&small, &awkward, &bulk, &broken, &fsm.Server, &fsm.Client} {
		if got := strings.Count(diagram.DOT(table), `<td id="t-`); got != len(table.Transitions) {
			t.Errorf("%s: %d labels for %d transitions", table.Role, got, len(table.Transitions))
		}
	}
}
