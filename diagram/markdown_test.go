package diagram_test

import (
	"testing"

	"accio/diagram"
	"accio/fsm"
)

func TestMarkdown(t *testing.T) {
	same(t, diagram.Markdown(&small), `| from \ event | asked | told | timedout | broke |
|---|---|---|---|---|
| Ask | Hear | | Bad | Bad |
| Hear | | Good | Bad | |
| Good | | | | |
| Bad | | | | |
`)
}

func TestMarkdownAwkward(t *testing.T) {
	same(t, diagram.Markdown(&awkward), `| from \ event | a&#124;b&#59; | 1&#46; &#42;&#42;c&#42;&#42; |
|---|---|---|
| note | &#91;&#42;&#93; --&#62; x | &#91;&#42;&#93; --&#62; x |
| &#91;&#42;&#93; --&#62; x | | |
`)
}

func TestMarkdownUndeclared(t *testing.T) {
	broken := small.Clone()
	broken.Transitions = append(broken.Transitions,
		fsm.Transition{From: "Ask", Event: "asked", To: "Bad"},
		fsm.Transition{From: "Hear", Event: "moved", To: "Nowhere"})
	same(t, diagram.Markdown(&broken), `| from \ event | asked | told | timedout | broke | moved |
|---|---|---|---|---|---|
| Ask | Hear Bad | | Bad | Bad | |
| Hear | | Good | Bad | | Nowhere |
| Good | | | | | |
| Bad | | | | | |
| Nowhere | | | | | |
`)
}
