package record

import (
	"bytes"
	"encoding/json"
	"time"

	"accio/fsm"
	"accio/transport"
)

// The fields of docs/protocol.md §3.5, in its order.
type (
	doneLine struct {
		Instance   string    `json:"instance,omitempty"`
		Connection uint64    `json:"connection"`
		Remote     string    `json:"remote"`
		State      fsm.State `json:"state"`
		Bytes      int64     `json:"bytes"`
		Started    time.Time `json:"started"`
		Seconds    float64   `json:"seconds"`
	}
	errorLine struct {
		Instance   string    `json:"instance,omitempty"`
		Connection uint64    `json:"connection"`
		Remote     string    `json:"remote"`
		State      fsm.State `json:"state"`
		From       fsm.State `json:"from"`
		Event      fsm.Event `json:"event"`
		Received   *int64    `json:"received,omitempty"`
		Sent       *int64    `json:"sent,omitempty"`
		Reason     string    `json:"reason"`
		Hint       string    `json:"hint,omitempty"`
		Text       string    `json:"received_text,omitempty"`
		Started    time.Time `json:"started"`
		Seconds    float64   `json:"seconds"`
	}
)

// Moved is what a program does with the bytes of a payload.
type Moved bool

// A server receives them, a client sends them.
const (
	Received Moved = false
	Sent     Moved = true
)

// JSON returns the result as a line that ends with LF. In an error, what had
// come of the payload is named for what the program does with it. Instance is what the
// program is called among others; empty if it has no name.
func JSON(r transport.Result, moved Moved, instance string) []byte {
	var line any
	remote, started, seconds := transport.Peer(r.Remote), r.Started.UTC(), r.Elapsed.Seconds()
	if r.Good {
		line = doneLine{instance, r.Connection, remote, r.State, r.Bytes, started, seconds}
	} else {
		l := errorLine{Instance: instance, Connection: r.Connection, Remote: remote, State: r.State, From: r.From, Event: r.Event,
			Reason: r.Reason, Hint: r.Hint, Text: transport.Escape(r.Received), Started: started, Seconds: seconds}
		if moved == Sent {
			l.Sent = &r.Bytes
		} else {
			l.Received = &r.Bytes
		}
		line = l
	}
	var b bytes.Buffer
	encoder := json.NewEncoder(&b)
	encoder.SetEscapeHTML(false)
	encoder.Encode(line) // fails only for a year above 9999
	return b.Bytes()
}
