package learn

import (
	"slices"
	"strings"

	"accio/fsm"
	"accio/transport"
)

// The inputs that are no bytes.
const (
	End     = "end"     // our side of the stream is ended
	Reset   = "reset"   // the connection is reset
	Silence = "silence" // nothing is sent for the idle limit
)

// data is sent where any bytes are as good.
const data = "data"

// Inputs returns the inputs for a table: each text that it expects whole, in two
// halves, with a bare LF, in capitals, and in one piece with what follows it; the
// end, a reset and silence. A text is an input as it is shown in quotation marks.
func Inputs(t *fsm.Table) []string {
	var texts []string
	for i, a := range t.Activities {
		if a.Action != fsm.Expect {
			continue
		}
		half, next := (len(a.Text)+1)/2, data
		for _, b := range t.Activities[i+1:] {
			if b.Action == fsm.Expect {
				next = b.Text[:(len(b.Text)+1)/2]
				break
			}
		}
		texts = append(texts, a.Text, a.Text[:half], a.Text[half:], strings.ReplaceAll(a.Text, "\r\n", "\n"), strings.ToUpper(a.Text), a.Text+next)
		if body, ok := strings.CutSuffix(a.Text, "\r\n\r\n"); ok {
			texts = append(texts, body+"\r\n"+data)
		}
	}
	var inputs []string
	for _, text := range append(texts, data) {
		if in := quote(text); !slices.Contains(inputs, in) {
			inputs = append(inputs, in)
		}
	}
	return append(inputs, End, Reset, Silence)
}

// Text returns the bytes of an input; ok is false for one that is none.
func Text(input string) (text string, ok bool) {
	if !strings.HasPrefix(input, `"`) {
		return "", false
	}
	unquoted := strings.NewReplacer(`\r`, "\r", `\n`, "\n", `\\`, `\`, `\"`, `"`).Replace(input[1 : len(input)-1])
	return unquoted, true
}

func quote(text string) string { return `"` + transport.Escape(text) + `"` }
