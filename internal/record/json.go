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
		Connection uint64    `json:"connection"`
		Remote     string    `json:"remote"`
		State      fsm.State `json:"state"`
		Bytes      int64     `json:"bytes"`
		Started    time.Time `json:"started"`
		Seconds    float64   `json:"seconds"`
	}
	errorLine struct {
		Connection uint64    `json:"connection"`
		Remote     string    `json:"remote"`
		State      fsm.State `json:"state"`
		From       fsm.State `json:"from"`
		Event      fsm.Event `json:"event"`
		Received   int64     `json:"received"`
		Reason     string    `json:"reason"`
		Started    time.Time `json:"started"`
		Seconds    float64   `json:"seconds"`
	}
)

// JSON returns the result as a line that ends with LF.
func JSON(r transport.Result) ([]byte, error) {
	var line any
	remote, started, seconds := r.Remote.String(), r.Started.UTC(), r.Elapsed.Seconds()
	if r.Good {
		line = doneLine{r.Connection, remote, r.State, r.Bytes, started, seconds}
	} else {
		line = errorLine{r.Connection, remote, r.State, r.From, r.Event, r.Bytes, r.Reason, started, seconds}
	}
	var b bytes.Buffer
	encoder := json.NewEncoder(&b)
	encoder.SetEscapeHTML(false)
	err := encoder.Encode(line)
	return b.Bytes(), err
}
