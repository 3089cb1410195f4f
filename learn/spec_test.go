package learn

import (
	"testing"

	"accio/mealy"
	"accio/protocol"
)

// What the tables do with some words, by hand.
func TestSpec(t *testing.T) {
	c1, c2 := quote(protocol.Confirm1), quote(protocol.Confirm2)
	accio := `sends "accio\r\n"`
	for _, test := range []struct {
		role *spec
		word mealy.Word
		want mealy.Word
	}{
		{newSpec(&protocol.Server), mealy.Word{c1, c2, `"data"`, End}, mealy.Word{accio, Nothing, Nothing, "prints the count, closes"}},
		{newSpec(&protocol.Server), mealy.Word{c1, Silence}, mealy.Word{accio, "prints ERROR, closes"}},
		{newSpec(&protocol.Server), mealy.Word{`"confirm-"`, `"accio\r\n"`, End}, mealy.Word{Nothing, accio, "prints ERROR, closes"}},
		{newSpec(&protocol.Server), mealy.Word{`"confirm-accio\n"`}, mealy.Word{"prints ERROR, closes"}},
		{newSpec(&protocol.Server), mealy.Word{c1, c2, Reset}, mealy.Word{accio, Nothing, "prints ERROR"}},
		{newSpec(&protocol.Client), mealy.Word{`"accio\r\n"`, `"accio\r\n"`, End}, mealy.Word{"sends " + c1, "sends \"confirm-accio-again\\r\\n\\r\\n<FILE>\", ends its stream", "exits with 0"}},
		{newSpec(&protocol.Client), mealy.Word{`"accio\r\nacci"`}, mealy.Word{"exits with a failure"}},
	} {
		got, _ := test.role.machine.Run(test.word)
		for i := range test.want {
			if i >= len(got) || got[i] != test.want[i] {
				t.Errorf("%q: %q, wanted %q", test.word, got, test.want)
				break
			}
		}
	}
	if s := newSpec(&protocol.Server); s.greeting != accio || s.payload(mealy.Word{c1, c2, `"data"`}) != 4 || len(s.places) != 9 {
		t.Errorf("%q, %d places: %v", s.greeting, len(s.places), s.places)
	}
	if s := newSpec(&protocol.Client); s.greeting != Nothing {
		t.Errorf("%q", s.greeting)
	}
}
