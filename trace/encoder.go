package trace

import (
	"encoding/json"
	"errors"
	"io"
	"strconv"
	"time"

	"accio/fsm"
)

// Encoder writes a trace. It holds the lines of a connection back until its
// end and writes them in one call, so that a trace has whole connections only.
type Encoder struct {
	w      io.Writer
	buffer []byte
	long   bool // the connection has more lines than are held back
}

// mostHeld is how many bytes of a connection that goes in circles are held back:
// some ten thousand lines.
const mostHeld = 1 << 20

// ErrLong is a connection of more lines than a trace can have.
var ErrLong = errors.New("a connection has more than 1 MiB of lines")

// NewEncoder returns an encoder that writes to w.
func NewEncoder(w io.Writer) *Encoder { return &Encoder{w: w} }

// Run adds the line with which a run of the server begins, which the first End
// will write.
func (e *Encoder) Run(began time.Time) {
	e.buffer = appendString(e.buffer, `{"run":`, began.UTC().Format(time.RFC3339Nano))
	e.buffer = append(e.buffer, "}\n"...)
}

// Transition adds a line, which End will write.
func (e *Encoder) Transition(t Transition) {
	if e.long = e.long || len(e.buffer) >= mostHeld; !e.long {
		e.buffer = appendTransition(e.buffer, t)
	}
}

// End adds the last line of a connection and writes all of them. What could not be
// written is dropped, and so is a connection that is too long, of which the error
// is [ErrLong].
func (e *Encoder) End(end End) error {
	if e.long {
		e.buffer, e.long = e.buffer[:0], false
		return ErrLong
	}
	_, err := e.w.Write(appendEnd(e.buffer, end))
	e.buffer = e.buffer[:0]
	return err
}

func appendTransition(b []byte, t Transition) []byte {
	b = appendInt(b, `{"t":`, int64(t.Since))
	b = append(b, `,"connection":`...)
	b = strconv.AppendUint(b, t.Connection, 10)
	b = appendString(b, `,"from":`, string(t.From))
	b = appendString(b, `,"event":`, string(t.Event))
	b = appendString(b, `,"to":`, string(t.To))
	if t.Event == fsm.TimedOut {
		b = appendInt(b, `,"silence":`, int64(t.Silence))
		b = appendInt(b, `,"limit":`, int64(t.Limit))
	}
	return append(b, "}\n"...)
}

func appendEnd(b []byte, e End) []byte {
	b = appendInt(b, `{"t":`, int64(e.Since))
	b = append(b, `,"connection":`...)
	b = strconv.AppendUint(b, e.Connection, 10)
	b = appendString(b, `,"result":`, e.Result)
	b = appendInt(b, `,"bytes":`, e.Bytes)
	return append(b, "}\n"...)
}

func appendInt(b []byte, name string, n int64) []byte {
	return strconv.AppendInt(append(b, name...), n, 10)
}

// appendString leaves what is not plain to package json.
func appendString(b []byte, name, text string) []byte {
	b = append(b, name...)
	for i := range len(text) {
		if c := text[i]; c < ' ' || c > '~' || c == '"' || c == '\\' {
			quoted, _ := json.Marshal(text) // a string cannot fail
			return append(b, quoted...)
		}
	}
	b = append(b, '"')
	b = append(b, text...)
	return append(b, '"')
}
