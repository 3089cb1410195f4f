package fsm

// When says of which end of a session a [Hint] speaks. The zero value is none.
type When string

const (
	Silent When = "silent" // the idle limit passed, and nothing of the text that Expect reads had come, or nothing for an action of the table's own
	Left   When = "left"   // the peer went away after a while in which it sent nothing of that text
	Early  When = "early"  // other bytes came in place of that text, and no mistake that people make with any text
	Reset  When = "reset"  // the peer reset the connection
)

// Hint is what people are told, in a sentence without its capital and full stop,
// of a session that ended badly: what their program may have done, and what would
// have been right. The loop does not depend on it.
type Hint struct {
	When  When
	State State // in which the session ended; "" is any
	Text  string
}

// Hint returns the text of the first hint for a session that ended in s, or
// nothing.
func (t *Table) Hint(w When, s State) string {
	for _, h := range t.Hints {
		if h.When == w && (h.State == s || h.State == "") {
			return h.Text
		}
	}
	return ""
}
