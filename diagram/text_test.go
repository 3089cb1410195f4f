package diagram

import (
	"strings"
	"testing"

	"accio/fsm"
)

func TestText(t *testing.T) {
	for _, c := range []struct{ in, mermaid, markdown string }{
		{"sent", "sent", "sent"},
		{"accio\r\n", "accio#92;r#92;n", "accio&#92;r&#92;n"},
		{`a\r`, "a#92;#92;r", "a&#92;&#92;r"},
		{`say "x"`, "say #34;x#34;", "say &#34;x&#34;"},
		{"a:b;c#d|e", "a#58;b#59;c#35;d#124;e", "a&#58;b&#59;c&#35;d&#124;e"},
		{"<br/>", "#60;br#47;#62;", "&#60;br&#47;&#62;"},
		{"**b**", "#42;#42;b#42;#42;", "&#42;&#42;b&#42;&#42;"},
		{"- x-y", "#45; x-y", "&#45; x-y"},
		{"1. x", "1#46; x", "1&#46; x"},
		{"é\x00\xff", "é#92;x00#92;xff", "é&#92;x00&#92;xff"},
	} {
		if got := mermaidText(c.in); got != c.mermaid {
			t.Errorf("mermaidText(%q) = %q, want %q", c.in, got, c.mermaid)
		}
		if got := markdownText(c.in); got != c.markdown {
			t.Errorf("markdownText(%q) = %q, want %q", c.in, got, c.markdown)
		}
	}
}

func TestID(t *testing.T) {
	for in, want := range map[fsm.State]string{
		"SendAccio1": "SendAccio1",
		"a b":        "a_20_b",
		"a_b":        "a_5f_b",
		"a_20_b":     "a_5f_20_5f_b",
		"é":          "_c3__a9_",
		"State":      "State_",
		"State_":     "State_5f_",
		"note":       "note_",
		"":           "_",
	} {
		if got := id(in); got != want {
			t.Errorf("id(%q) = %q, want %q", in, got, want)
		}
	}
}

// An id has only letters, digits and underscores, and belongs to one state.
func FuzzID(f *testing.F) {
	f.Add("a b", "a_20_b")
	f.Add("State", "State_")
	f.Fuzz(func(t *testing.T, a, b string) {
		idA, idB := id(fsm.State(a)), id(fsm.State(b))
		if idA == "" || strings.Trim(idA, "_0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ") != "" {
			t.Errorf("id(%q) = %q", a, idA)
		}
		if (a == b) != (idA == idB) {
			t.Errorf("ids of %q and %q are %q and %q", a, b, idA, idB)
		}
	})
}
