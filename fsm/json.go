package fsm

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
)

// document is a table as docs/table-json.md has it.
type document struct {
	Role        string   `json:"role"`
	Peer        string   `json:"peer"`
	Initial     State    `json:"initial"`
	Terminal    []State  `json:"terminal"`
	Good        []State  `json:"good"`
	States      []named  `json:"states"`
	Events      []Event  `json:"events"`
	Transitions []arrow  `json:"transitions"`
	Hints       []advice `json:"hints,omitempty"`
	Own         []action `json:"own,omitempty"`
}

type named struct {
	Name     State `json:"name"`
	Activity *work `json:"activity,omitempty"`
}

type work struct {
	Action Action `json:"action"`
	Text   string `json:"text"`
	Ends   Event  `json:"ends"`
}

type arrow struct {
	From  State `json:"from"`
	Event Event `json:"event"`
	To    State `json:"to"`
}

type advice struct {
	When  When   `json:"when"`
	State State  `json:"state,omitempty"`
	Text  string `json:"text"`
}

type action struct {
	Action Action  `json:"action"`
	Events []Event `json:"events"`
}

// MarshalJSON implements [json.Marshaler] (docs/table-json.md). The lists have
// the order of the table. Texts must be UTF-8.
func (t Table) MarshalJSON() ([]byte, error) {
	d := document{Role: t.Role, Peer: t.Peer, Initial: t.Initial, Terminal: t.Terminal, Good: t.Good, Events: t.Events}
	for _, a := range t.Activities {
		d.States = append(d.States, named{a.State, &work{a.Action, a.Text, a.Ends}})
	}
	for _, s := range t.Terminal {
		d.States = append(d.States, named{Name: s})
	}
	for _, tr := range t.Transitions {
		d.Transitions = append(d.Transitions, arrow(tr))
	}
	for _, h := range t.Hints {
		d.Hints = append(d.Hints, advice(h))
	}
	for _, o := range t.Own {
		d.Own = append(d.Own, action(o))
	}
	return json.Marshal(d)
}

// ErrJSON is what [ReadTable] returns, wrapped, for a text that is no table.
var ErrJSON = errors.New("not a table")

// ReadTable reads a table as docs/table-json.md has it, to the end of r. Names
// of fields must be as they are there, to the letter. The table is what the
// text says; whether it can be run [Table.Validate] tells. The error is that of
// r, or wraps [ErrJSON] and names the line and column.
func ReadTable(r io.Reader) (*Table, error) {
	text, err := io.ReadAll(r)
	if err != nil {
		return nil, err
	}
	if err := knownFields(text); err != nil {
		return nil, err
	}
	var d document
	if err := json.Unmarshal(text, &d); err != nil {
		wrong, _ := errors.AsType[*json.UnmarshalTypeError](err)
		if wrong == nil {
			return nil, fmt.Errorf("%w: %w", ErrJSON, err)
		}
		return nil, faulty(text, wrong.Offset, fmt.Sprintf("%s cannot be of type %s", cmp.Or(wrong.Field, "a table"), wrong.Value))
	}
	t := &Table{Role: d.Role, Peer: d.Peer, Initial: d.Initial, Terminal: d.Terminal, Good: d.Good, Events: d.Events}
	for _, s := range d.States {
		switch terminal := slices.Contains(d.Terminal, s.Name); {
		case s.Activity != nil:
			t.Activities = append(t.Activities, Activity{s.Name, s.Activity.Action, s.Activity.Text, s.Activity.Ends})
		case !terminal:
			return nil, fmt.Errorf("%w: state %q has no activity and is not among the terminal ones", ErrJSON, s.Name)
		}
	}
	for _, tr := range d.Transitions {
		t.Transitions = append(t.Transitions, Transition(tr))
	}
	for _, h := range d.Hints {
		t.Hints = append(t.Hints, Hint(h))
	}
	for _, o := range d.Own {
		t.Own = append(t.Own, Own(o))
	}
	return t, nil
}

// fields are the names that docs/table-json.md has.
var fields = []string{"role", "peer", "initial", "terminal", "good", "states", "name", "activity", "action", "text",
	"ends", "events", "transitions", "from", "event", "to", "hints", "when", "state", "own"}

// knownFields refuses a text that is no JSON, or has a name that is none of
// fields: package json takes names in any case, and passes over others.
func knownFields(text []byte) error {
	decoder := json.NewDecoder(bytes.NewReader(text))
	var inObject []bool // of the values that are open
	key := false        // the next token is a name or the end of an object
	for {
		token, err := decoder.Token()
		at := decoder.InputOffset()
		switch {
		case err == io.EOF && len(inObject) == 0 && at > 0:
			return nil
		case err == io.EOF || err == io.ErrUnexpectedEOF:
			return faulty(text, int64(len(text)), "the text ends too early")
		case err != nil:
			return faulty(text, at, err.Error())
		}
		name, isString := token.(string)
		if key && isString {
			if !slices.Contains(fields, name) {
				return faulty(text, at, fmt.Sprintf("unknown field %q; the fields are %q", name, fields))
			}
			key = false
			continue
		}
		switch token {
		case json.Delim('{'), json.Delim('['):
			inObject = append(inObject, token == json.Delim('{'))
		case json.Delim('}'), json.Delim(']'):
			inObject = inObject[:len(inObject)-1]
		}
		key = len(inObject) > 0 && inObject[len(inObject)-1]
	}
}

// faulty says where in the text something is wrong: behind so many bytes.
func faulty(text []byte, offset int64, what string) error {
	before := text[:min(int(offset), len(text))]
	line := bytes.Count(before, []byte("\n")) + 1
	column := len(before) - bytes.LastIndexByte(before, '\n')
	return fmt.Errorf("%w: line %d, column %d: %s", ErrJSON, line, column, what)
}
