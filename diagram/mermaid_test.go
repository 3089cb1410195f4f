package diagram_test

import (
	"slices"
	"testing"

	"accio/diagram"
	"accio/fsm"
	"accio/internal/require"
	"accio/protocol"
)

func TestMermaid(t *testing.T) {
	same(t, diagram.Mermaid(&small), `stateDiagram-v2
    classDef good stroke-width:2px
    classDef bad stroke-dasharray:6 4
    Ask : Ask
    Ask : write who#92;n
    Hear : Hear
    Hear : expect me#92;n
    Good : Good
    Bad : Bad
    [*] --> Ask
    Ask --> Hear : <b>asked</b>
    Ask --> Bad : broke<br/>timedout
    Hear --> Good : <b>told</b>
    Hear --> Bad : timedout
    Good --> [*]
    Bad --> [*]
    class Ask,Hear,Good good
    class Bad bad
`)
}

func TestMermaidAwkward(t *testing.T) {
	same(t, diagram.Mermaid(&awkward), `stateDiagram-v2
    classDef good stroke-width:2px
    classDef bad stroke-dasharray:6 4
    note_ : note
    note_ : write #34;a#58;b#34;#59;#35;c#92;#92;r#92;r#92;n#37;#37;#60;br#47;#62;
    _5b__2a__5d__20__2d__2d__3e__20_x : #91;#42;#93; --#62; x
    [*] --> note_
    note_ --> _5b__2a__5d__20__2d__2d__3e__20_x : <b>a#124;b#59;</b><br/>1#46; #42;#42;c#42;#42;
    _5b__2a__5d__20__2d__2d__3e__20_x --> [*]
    class note_,_5b__2a__5d__20__2d__2d__3e__20_x good
`)
}

// A broken table is drawn with what is broken in it.
func TestMermaidUndeclared(t *testing.T) {
	broken := small.Clone()
	broken.Transitions = append(broken.Transitions[1:],
		fsm.Transition{From: "Hear", Event: "moved", To: "Nowhere"})
	same(t, diagram.Mermaid(&broken), `stateDiagram-v2
    classDef good stroke-width:2px
    classDef bad stroke-dasharray:6 4
    Ask : Ask
    Ask : write who#92;n
    Hear : Hear
    Hear : expect me#92;n
    Good : Good
    Bad : Bad
    Nowhere : Nowhere
    [*] --> Ask
    Ask --> Hear : <b>asked</b>
    Ask --> Bad : timedout
    Hear --> Good : <b>told</b>
    Hear --> Bad : timedout
    Hear --> Nowhere : moved
    Good --> [*]
    Bad --> [*]
    class Ask,Hear,Good good
    class Bad,Nowhere bad
`)
}

// The order is that of the states, whatever that of the transitions; a good
// session that stops short is drawn as far as it goes.
func TestMermaidOrder(t *testing.T) {
	stuck := small.Clone()
	slices.Reverse(stuck.Transitions)
	stuck.Activities[1].Ends = "moved"
	same(t, diagram.Mermaid(&stuck), `stateDiagram-v2
    classDef good stroke-width:2px
    classDef bad stroke-dasharray:6 4
    Ask : Ask
    Ask : write who#92;n
    Hear : Hear
    Hear : expect me#92;n
    Good : Good
    Bad : Bad
    [*] --> Ask
    Ask --> Hear : <b>asked</b>
    Ask --> Bad : timedout<br/>broke
    Hear --> Bad : timedout
    Hear --> Good : told
    Good --> [*]
    Bad --> [*]
    class Ask,Hear,Good good
    class Bad bad
`)
}

// Every transition of the real tables is in the picture and in the table: none
// can go unnoticed.
func TestEveryTransitionShows(t *testing.T) {
	shown := 0
	for _, table := range []*fsm.Table{&protocol.Server, &protocol.Client} {
		for i, tr := range table.Transitions {
			without := table.Clone()
			without.Transitions = slices.Delete(without.Transitions, i, i+1)
			if diagram.Mermaid(&without) == diagram.Mermaid(table) {
				t.Errorf("%s: Mermaid does not show %v", table.Role, tr)
			}
			if diagram.Markdown(&without) == diagram.Markdown(table) {
				t.Errorf("%s: Markdown does not show %v", table.Role, tr)
			}
			shown++
		}
	}
	require.Ran(t, "transitions", shown, 29+29)
}

func same(t *testing.T, got, want string) {
	t.Helper()
	if got != want {
		t.Errorf("got:\n%s\nwant:\n%s", got, want)
	}
}
