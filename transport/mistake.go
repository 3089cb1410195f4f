package transport

import (
	"strings"

	"accio/fsm"
)

// mismatch is what came where a table wants a text.
type mismatch struct {
	want    string
	arrived string
	at      int      // where both differ first
	earlier []string // what the peer was to send before
	later   []string // and what after
	sent    []string // what it was sent before
	early   string   // what the table says of something else than the text
}

func newMismatch(table *fsm.Table, a fsm.Activity, arrived string, at int) *mismatch {
	m := &mismatch{want: a.Text, arrived: arrived, at: at, early: table.Hint(fsm.Early, a.State)}
	before := true
	for _, other := range table.Activities {
		switch {
		case other.State == a.State:
			before = false
		case other.Action == fsm.Expect && before:
			m.earlier = append(m.earlier, other.Text)
		case other.Action == fsm.Expect:
			m.later = append(m.later, other.Text)
		case other.Action == fsm.Write && before:
			m.sent = append(m.sent, other.Text)
		}
	}
	return m
}

// hint says what would have been right, going by the first of the mistakes that
// was made.
func (m *mismatch) hint() string {
	for _, known := range mistakes {
		if known.made(m) {
			return strings.ReplaceAll(known.hint, wanted, quote(m.want))
		}
	}
	hint := "wanted " + quote(m.want) + ", exactly"
	if m.at == 0 {
		hint = also(hint, m.early)
	}
	return hint
}

func (m *mismatch) got() byte    { return m.arrived[m.at] }
func (m *mismatch) wanted() byte { return m.want[m.at] }

// begins reports whether what has arrived begins with one of the texts.
func (m *mismatch) begins(texts ...string) bool {
	for _, text := range texts {
		if strings.HasPrefix(m.arrived, text) {
			return true
		}
	}
	return false
}

// is reports whether what has arrived is one of the texts, or as much of it as
// has come, the byte at which it differs from what was wanted included.
func (m *mismatch) is(texts []string) bool {
	for _, text := range texts {
		if n := min(len(text), len(m.arrived)); n > m.at && m.arrived[:n] == text[:n] {
			return true
		}
	}
	return false
}

// holds reports whether what was wanted, or its beginning, comes after n bytes.
func (m *mismatch) holds(n int) bool {
	if n >= len(m.arrived) {
		return false
	}
	rest := m.arrived[n:]
	k := min(len(rest), len(m.want))
	return rest[:k] == m.want[:k]
}

// utf16 reports whether each character came as two bytes, one of them 0, with
// or without a byte order mark. Without a third byte 0xff 0xfe is telnet's.
func (m *mismatch) utf16() bool {
	switch a := m.arrived; {
	case m.begins("\xff\xfe"):
		return len(a) > 3 && a[3] == 0
	case m.begins("\xfe\xff"):
		return len(a) > 2 && a[2] == 0
	case a[0] == m.want[0]:
		return a[1] == 0 && (len(a) == 2 || a[2] == m.want[1])
	default:
		return len(a) > 2 && a[0] == 0 && a[1] == m.want[0] && a[2] == 0
	}
}

// counted reports whether the length of the text, less than 128, comes before
// it, in 1, 2, 4 or 8 bytes of either order.
func (m *mismatch) counted() bool {
	for _, size := range []int{1, 2, 4, 8} {
		zeros, length := strings.Repeat("\x00", size-1), string(rune(len(m.want)))
		if m.holds(size) && m.begins(zeros+length, length+zeros) {
			return true
		}
	}
	return false
}

// emptyLine returns where the empty line begins that ends text, or its end if
// none does.
func emptyLine(text string) int {
	if strings.HasSuffix(text, "\r\n\r\n") {
		return len(text) - len("\r\n")
	}
	return len(text)
}
