package main

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"strconv"
	"time"

	"accio/fsm"
	"accio/transport"
)

// resultPatience is how long a result may block on standard output after
// shutdown (docs/protocol.md §6). Before shutdown it may block for ever.
const resultPatience = time.Second

// results prints one line a connection.
type results struct {
	out  *output
	json bool
	late <-chan struct{}
}

func newResults(ctx context.Context, w io.Writer, json bool) *results {
	late := make(chan struct{})
	context.AfterFunc(ctx, func() {
		time.AfterFunc(resultPatience, func() { close(late) })
	})
	return &results{out: newOutput(w), json: json, late: late}
}

func (p *results) print(r transport.Result) error {
	line, err := p.line(r)
	if err != nil {
		return err
	}
	return write(p.out, line, p.late)
}

func (p *results) line(r transport.Result) ([]byte, error) {
	switch {
	case p.json:
		return jsonLine(r)
	case r.State == fsm.Done:
		return append(strconv.AppendInt(nil, r.Bytes, 10), '\n'), nil
	}
	return []byte("ERROR\n"), nil
}

// The fields of docs/protocol.md §3, in its order.
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

func jsonLine(r transport.Result) ([]byte, error) {
	var line any
	remote, started, seconds := r.Remote.String(), r.Started.UTC(), r.Elapsed.Seconds()
	if r.State == fsm.Done {
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
