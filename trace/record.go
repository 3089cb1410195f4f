package trace

import (
	"encoding/json"
	"errors"
	"strings"
	"time"

	"accio/fsm"
)

// record is a line of any kind. Fields that a line does not have are those
// of noRecord; fields with other names are ignored.
type record struct {
	Since      time.Duration `json:"t"`
	Connection uint64        `json:"connection"`
	From       fsm.State     `json:"from"`
	Event      fsm.Event     `json:"event"`
	To         fsm.State     `json:"to"`
	Silence    time.Duration `json:"silence"`
	Limit      time.Duration `json:"limit"`
	Result     string        `json:"result"`
	Bytes      int64         `json:"bytes"`
	Run        string        `json:"run"`
	Places     int           `json:"concurrency"`
	First      uint64        `json:"first"`
	Instance   string        `json:"instance"`
}

// mostPlaces is how many connections a server can serve at a time, as far as a check goes.
const mostPlaces = 1 << 20

// noRecord has values that no line may have.
var noRecord = record{Since: -1, Silence: -1, Limit: -1, Bytes: -1}

// decode returns the record of a line, or which rule it breaks.
func decode(line []byte) (record, *Violation) {
	r := noRecord
	if err := json.Unmarshal(line, &r); err != nil {
		found := err.Error()
		if wrong, ok := errors.AsType[*json.UnmarshalTypeError](err); ok {
			if found = wrong.Value; wrong.Field != "" {
				return r, &Violation{Rule: RuleFields, Found: wrong.Field + " is of the wrong kind: " + found, Allowed: fieldsOfAny}
			}
		}
		return r, &Violation{Rule: RuleJSON, Found: found, Allowed: "one JSON object a line"}
	}
	there, wrong := presentFields(line)
	switch {
	case wrong != nil:
	case !r.transition() && !r.end() && !r.run():
		wrong = &Violation{Found: "neither a transition nor an end nor a run", Allowed: fieldsOfAny}
	default:
		wrong = r.wrongField(there)
	}
	if wrong != nil {
		wrong.Rule, wrong.Connection = RuleFields, r.Connection
	}
	return r, wrong
}

func (r *record) transition() bool { return r.From != "" || r.Event != "" || r.To != "" }
func (r *record) end() bool        { return r.Result != "" || r.Bytes != noRecord.Bytes }
func (r *record) run() bool        { return r.Run != "" }

const (
	fieldsOfTransition = "t, connection, from, event, to"
	fieldsOfTimedOut   = fieldsOfTransition + ", silence, limit"
	fieldsOfEnd        = "t, connection, result, bytes"
	fieldsOfRun        = "run, concurrency, first, instance"
	fieldsOfAny        = fieldsOfTransition + " or " + fieldsOfEnd + " or " + fieldsOfRun
)

// wrongField says which field of a line is wrong, of those that are there, and
// which are to be; nil if none is.
func (r *record) wrongField(there present) *Violation {
	timedOut, transition := r.Event == fsm.TimedOut, r.transition()
	run := r.run() && !transition
	allowed := fieldsOfEnd
	switch {
	case timedOut:
		allowed = fieldsOfTimedOut
	case transition:
		allowed = fieldsOfTransition
	case run:
		allowed = fieldsOfRun
	}
	_, noTime := time.Parse(time.RFC3339, r.Run)
	for i, field := range [...]struct{ wanted, right bool }{
		{!run, r.Since >= 0},
		{!run, r.Connection > 0},
		{transition, r.From != ""},
		{transition, r.Event != ""},
		{transition, r.To != ""},
		{timedOut, r.Silence >= 0},
		{timedOut, r.Limit > 0},
		{!transition && !run, r.Result != ""},
		{!transition && !run, r.Bytes >= 0},
		{run, noTime == nil},
		{run, !there[len(there)-3] || r.Places > 0 && r.Places <= mostPlaces}, // it may be left out
		{run, !there[len(there)-2] || r.First > 0},                            // likewise
		{run, !there[len(there)-1] || isName(r.Instance)},
	} {
		switch {
		case field.wanted && !field.right:
			return &Violation{Found: fieldNames[i] + " is wrong or missing", Allowed: allowed}
		case there[i] && !field.wanted:
			return &Violation{Found: fieldNames[i] + " may not be here", Allowed: allowed}
		}
	}
	return nil
}

// isName reports whether that can be what an instance is called (docs/protocol.md §6.18).
func isName(text string) bool {
	return len(text) > 0 && len(text) <= 64 && strings.Trim(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-") == ""
}
