package modelcheck_test

import (
	"fmt"
	"strings"
	"testing"

	. "accio/modelcheck"
)

func same(t *testing.T, got fmt.Stringer, want ...string) {
	t.Helper()
	if got.String() != strings.Join(want, "\n")+"\n" {
		t.Errorf("got\n%vwant\n%s", got, strings.Join(want, "\n"))
	}
}

type text string

func (s text) String() string { return string(s) }

func TestTraceAsText(t *testing.T) {
	isTwo := func(i int) bool { return i == 2 }
	never := func(int) bool { return false }
	r := Check(line(2), Limit{}, NoDeadlock[int]("goes on", nil), LeadsTo("two", isTwo, never), Eventually("three", never),
		Sometimes("two", isTwo), SometimesStep("a step", func(int, string, int) bool { return true }))
	two := []string{"   0.       0", "   1. tick  1", "   2. tick  2"}
	same(t, r.Verdicts[0].Trace, "VIOLATED: goes on", two[0], two[1], two[2], "      no step is possible here")
	same(t, r.Verdicts[1].Trace, "VIOLATED: two", two[0], two[1], two[2], "      the goal is missing from here on", "      no step is possible here")
	same(t, r.Verdicts[2].Trace, "VIOLATED: three", two[0], two[1], two[2], "      no step is possible here")
	same(t, r.Verdicts[3].Trace, "holds: two", two[0], two[1], two[2])
	same(t, r.Verdicts[4].Trace, "holds: a step", two[0], two[1])
	g, _ := Explore(line(2), Limit{})
	same(t, g.Path(2), two...)
	same(t, g.Path(0), "   0.   0")

	sys := counter(2)
	sys.Format = func(i int) string { return fmt.Sprintf("<%d>", i) }
	r = Check(sys, Limit{}, LeadsTo("never", func(i int) bool { return i == 0 }, never))
	same(t, r.Verdicts[0].Trace, "VIOLATED: never", "   0.       <0>", "      the goal is missing from here on",
		"      these steps repeat for ever:", "   1. tick  <1>", "   2. tick  <0>", "      back in the state of line 0")
	r2 := Check(counter(1), Limit{}, Eventually("never", never))
	same(t, r2.Verdicts[0].Trace, "VIOLATED: never", "   0.       0", "      these steps repeat for ever:", "   1. tick  0", "      back in the state of line 0")
	same(t, &Trace[text]{Start: "s", Stem: []Step[text]{{"héé", "t"}, {"x", "u"}}}, "   0.      s", "   1. héé  t", "   2. x    u")
}

func TestReportAsText(t *testing.T) {
	r := Check(counter(2), Limit{}, Always("none", func(i int) bool { return i == 0 }),
		Eventually("never", func(int) bool { return false }, Infinitely("it ticks", Labelled[int]("tick"))),
		Eventually("stops", func(int) bool { return false }, Unless("it ticks", Labelled[int]("tick"))), Property[int]{Name: "no kind"})
	same(t, r, "2 states, 2 edges, depth 1", "verdict    kind        steps  property", "VIOLATED   always      1      none",
		"VIOLATED   eventually  0+2    never (infinitely often: it ticks)", "VACUOUS    eventually  -      stops (unless infinitely often: it ticks)",
		"UNDECIDED              -      no kind")
	r = Check(counter(1), Limit{}, Eventually("never", func(int) bool { return false }))
	same(t, r, "1 states, 1 edges, depth 0", "verdict   kind        steps  property", "VIOLATED  eventually  0+1    never")
}

func TestMermaid(t *testing.T) {
	tr := &Trace[text]{Property: "50% <a;b> #1", Start: "s", Stem: []Step[text]{{"one", "t"}, {"skip", "u"}}, Loop: []Step[text]{{"two", "v"}, {"three", "u"}}}
	draw := func(from text, label string, to text) Message {
		switch label {
		case "skip":
			return Message{}
		case "two":
			return Message{From: "the b;", Text: string(from + to)}
		}
		return Message{From: "a", To: "the b;", Text: label + "\r\n" + string(from)}
	}
	want := `sequenceDiagram
    title 50#37; #lt;a#59;b#gt; #35;1
    participant p0 as a
    participant p1 as the b#59;
    p0->>p1: one<br/>s
    loop for ever
        Note over p1: uv
        p0->>p1: three<br/>v
    end
`
	if got := tr.Mermaid(draw); got != want {
		t.Errorf("got\n%swant\n%s", got, want)
	}
	tr = &Trace[text]{Start: "s", Stem: []Step[text]{{"one", "t"}}}
	want = "sequenceDiagram\n    participant p0 as system\n    p0->>p0: one<br/>t\n"
	if got := tr.Mermaid(nil); got != want {
		t.Errorf("got\n%swant\n%s", got, want)
	}
	tr.Stem, tr.Loop = nil, tr.Stem
	want = "sequenceDiagram\n    participant p0 as system\n    loop for ever\n        p0->>p0: one<br/>t\n    end\n"
	if got := tr.Mermaid(nil); got != want {
		t.Errorf("got\n%swant\n%s", got, want)
	}
}

func TestPrintingChangesNothing(t *testing.T) {
	steps := []Step[text]{{"a", "b"}, {"c", "d"}}
	tr := &Trace[text]{Stem: steps[:1], Loop: []Step[text]{{"x", "y"}}}
	_, _ = tr.String(), tr.Mermaid(nil)
	if steps[1] != (Step[text]{"c", "d"}) {
		t.Error(steps)
	}
}
