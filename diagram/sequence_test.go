package diagram_test

import (
	"errors"
	"testing"

	"accio/diagram"
	"accio/fsm"
)

func TestSequence(t *testing.T) {
	for _, c := range []struct {
		name   string
		table  *fsm.Table
		events []fsm.Event
		want   string
	}{
		{"good", &small, []fsm.Event{"asked", "told"}, `sequenceDiagram
    participant own as left
    participant peer as right
    Note over own: Ask
    own->>peer: who#92;n
    Note over own: asked<br/>→ Hear
    peer->>own: me#92;n
    Note over own: told<br/>→ Good
`},
		{"cut while writing", &small, []fsm.Event{"broke"}, `sequenceDiagram
    participant own as left
    participant peer as right
    Note over own: Ask
    own--xpeer: not the whole who#92;n
    Note over own: broke<br/>→ Bad
`},
		{"cut while reading", &small, []fsm.Event{"asked", "timedout"}, `sequenceDiagram
    participant own as left
    participant peer as right
    Note over own: Ask
    own->>peer: who#92;n
    Note over own: asked<br/>→ Hear
    peer--xown: not the whole me#92;n
    Note over own: timedout<br/>→ Bad
`},
		{"unfinished", &small, nil, `sequenceDiagram
    participant own as left
    participant peer as right
    Note over own: Ask
`},
		{"awkward", &awkward, []fsm.Event{"a|b;"}, `sequenceDiagram
    participant own as end#59; of #35;1
    participant peer as #34;other#34;#58; #60;b#62;
    Note over own: note
    own->>peer: #34;a#58;b#34;#59;#35;c#92;#92;r#92;r#92;n#37;#37;#60;br#47;#62;
    Note over own: a#124;b#59;<br/>→ #91;#42;#93; --#62; x
`},
		{"bulk", &bulk, []fsm.Event{"up", "down", "shut", "mused"}, `sequenceDiagram
    participant own as left
    participant peer as right
    Note over own: Up
    own->>peer: file
    own->>peer: end of stream
    Note over own: up<br/>→ Down
    peer->>own: file
    peer->>own: end of stream
    Note over own: down<br/>→ Shut
    peer->>own: end of stream
    Note over own: shut<br/>→ Muse
    Note over own: mused<br/>→ End
`},
		{"cut upload", &bulk, []fsm.Event{"timedout"}, `sequenceDiagram
    participant own as left
    participant peer as right
    Note over own: Up
    own--xpeer: not the whole file
    Note over own: timedout<br/>→ End
`},
		{"cut count", from(bulk, "Down"), []fsm.Event{"timedout"}, `sequenceDiagram
    participant own as left
    participant peer as right
    Note over own: Down
    peer--xown: bytes, no end of stream
    Note over own: timedout<br/>→ End
`},
		{"cut drain", from(bulk, "Shut"), []fsm.Event{"timedout"}, `sequenceDiagram
    participant own as left
    participant peer as right
    Note over own: Shut
    peer--xown: no end of stream
    Note over own: timedout<br/>→ End
`},
		{"cut unknown work", from(bulk, "Muse"), []fsm.Event{"timedout"}, `sequenceDiagram
    participant own as left
    participant peer as right
    Note over own: Muse
    Note over own: timedout<br/>→ End
`},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, err := diagram.Sequence(c.table, c.events...)
			if err != nil {
				t.Fatal(err)
			}
			same(t, got, c.want)
		})
	}
}

func TestSequenceIllegal(t *testing.T) {
	for _, c := range []struct {
		name   string
		events []fsm.Event
		state  fsm.State
		event  fsm.Event
	}{
		{"out of order", []fsm.Event{"asked", "asked", "told"}, "Hear", "asked"},
		{"unknown event", []fsm.Event{"moved"}, "Ask", "moved"},
		{"after the end", []fsm.Event{"asked", "told", "timedout"}, "Good", "timedout"},
	} {
		t.Run(c.name, func(t *testing.T) {
			chart, err := diagram.Sequence(&small, c.events...)
			var illegal *fsm.IllegalEventError
			if !errors.As(err, &illegal) || illegal.State != c.state || illegal.Event != c.event {
				t.Errorf("error %v, want event %s in %s", err, c.event, c.state)
			}
			if chart != "" {
				t.Errorf("a chart all the same:\n%s", chart)
			}
		})
	}
}

func from(t fsm.Table, s fsm.State) *fsm.Table {
	t.Initial = s
	return &t
}
