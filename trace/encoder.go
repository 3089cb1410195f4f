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
	w        io.Writer
	places   int // see Places
	began    time.Time
	instance string // see Instance
	first    uint64 // the number of the first connection of a part; 0: it is no part
	head     []byte // the line of a run that is to come first
	open     map[uint64]*held
	spare    []*held
}

// held are the lines of a connection that has not ended.
type held struct {
	lines []byte
	long  bool // there are more than are held back
}

// mostHeld is how many bytes of a connection that goes in circles are held back:
// some ten thousand lines.
const mostHeld = 1 << 20

// ErrLong is a connection of more lines than a trace can have.
var ErrLong = errors.New("a connection has more than 1 MiB of lines")

// NewEncoder returns an encoder that writes to w.
func NewEncoder(w io.Writer) *Encoder { return &Encoder{w: w, open: map[uint64]*held{}} }

// Run adds the line with which a run of the server begins, which the first End
// will write.
func (e *Encoder) Run(began time.Time) {
	e.began = began
	e.head = e.run(e.head)
}

func (e *Encoder) run(b []byte) []byte {
	b = appendString(b, `{"run":`, e.began.UTC().Format(time.RFC3339Nano))
	if e.places > 1 {
		b = appendInt(b, `,"concurrency":`, int64(e.places))
	}
	if e.instance != "" {
		b = appendString(b, `,"instance":`, e.instance)
	}
	if e.first > 0 {
		b = strconv.AppendUint(append(b, `,"first":`...), e.first, 10)
	}
	return append(b, "}\n"...)
}

// Places says how many connections the server serves at a time, if that is more than
// one, in the line of its run; a trace that has none gets it. It must come before
// everything else but Instance.
func (e *Encoder) Places(n int) {
	if e.places = n; n > 1 {
		e.head = e.head[:0]
		e.Run(time.Now())
	}
}

// Instance says, as Places does, what the server is called among others; the empty name
// says nothing.
func (e *Encoder) Instance(name string) {
	if e.instance = name; name != "" {
		e.head = e.head[:0]
		e.Run(time.Now())
	}
}

// Transition adds a line, which End will write.
func (e *Encoder) Transition(t Transition) {
	h := e.of(t.Connection)
	if h.long = h.long || len(h.lines) >= mostHeld; !h.long {
		h.lines = appendTransition(h.lines, t)
	}
}

// End adds the last line of a connection and writes all of them. What could not be
// written is dropped, and so is a connection that is too long, of which the error
// is [ErrLong].
func (e *Encoder) End(end End) error {
	h := e.of(end.Connection)
	lines, long := h.lines, h.long
	delete(e.open, end.Connection)
	e.spare = append(e.spare, h)
	h.lines, h.long = lines[:0], false
	if long {
		return ErrLong
	}
	if e.head != nil {
		lines = append(e.head, lines...)
		e.head = nil
	}
	lines = appendEnd(lines, end)
	h.lines = lines[:0]
	_, err := e.w.Write(lines)
	return err
}

// of returns what is held of a connection.
func (e *Encoder) of(connection uint64) *held {
	h := e.open[connection]
	if h != nil {
		return h
	}
	if last := len(e.spare) - 1; last >= 0 {
		h, e.spare = e.spare[last], e.spare[:last]
	} else {
		h = &held{}
	}
	e.open[connection] = h
	return h
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
