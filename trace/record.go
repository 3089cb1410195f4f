package trace

import (
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"accio/fsm"
)

// record is a line of either kind. Fields that a line does not have are those
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
}

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
	if found, allowed := wrongName(line); found != "" {
		return r, &Violation{Rule: RuleFields, Found: found, Allowed: allowed}
	}
	if !r.transition() && !r.end() {
		return r, &Violation{Rule: RuleFields, Found: "neither a transition nor an end", Allowed: fieldsOfAny}
	}
	if found, allowed := r.wrongField(); found != "" {
		return r, &Violation{Rule: RuleFields, Connection: r.Connection, Found: found, Allowed: allowed}
	}
	return r, nil
}

func (r *record) transition() bool { return r.From != "" || r.Event != "" || r.To != "" }
func (r *record) end() bool        { return r.Result != "" || r.Bytes != noRecord.Bytes }

const (
	fieldsOfTransition = "t, connection, from, event, to"
	fieldsOfTimedOut   = fieldsOfTransition + ", silence, limit"
	fieldsOfEnd        = "t, connection, result, bytes"
	fieldsOfAny        = fieldsOfTransition + " or " + fieldsOfEnd
)

// wrongField says what is wrong with the fields of a line and which they are
// to be; nothing if they are right.
func (r *record) wrongField() (found, allowed string) {
	timedOut, transition := r.Event == fsm.TimedOut, r.transition()
	switch {
	case timedOut:
		allowed = fieldsOfTimedOut
	case transition:
		allowed = fieldsOfTransition
	default:
		allowed = fieldsOfEnd
	}
	for _, field := range []struct {
		name          string
		wanted, there bool
	}{
		{"t", true, r.Since >= 0},
		{"connection", true, r.Connection > 0},
		{"from", transition, r.From != ""},
		{"event", transition, r.Event != ""},
		{"to", transition, r.To != ""},
		{"silence", timedOut, r.Silence >= 0},
		{"limit", timedOut, r.Limit > 0},
		{"result", !transition, r.Result != ""},
		{"bytes", !transition, r.Bytes >= 0},
	} {
		if field.there != field.wanted {
			is := "is wrong or missing"
			if field.there {
				is = "may not be here"
			}
			return fmt.Sprintf("%s %s", field.name, is), allowed
		}
	}
	return "", ""
}
