package trace

import (
	"bytes"
	"errors"
	"strings"
	"testing"
	"time"

	"accio/fsm"
	"accio/protocol"
)

// writes records the calls of Write.
type writes struct {
	calls []string
	err   error
}

func (w *writes) Write(p []byte) (int, error) {
	w.calls = append(w.calls, string(p))
	return len(p), w.err
}

// The lines of docs/trace.md, written in one call a connection.
func TestEncoder(t *testing.T) {
	var w writes
	e := NewEncoder(&w)
	e.Transition(Transition{1, protocol.SendAccio1, protocol.Sent, protocol.AwaitConfirm1, 1500, 10, 20})
	e.Transition(Transition{1, protocol.AwaitConfirm1, fsm.TimedOut, protocol.Error, 40, 30, 20})
	if len(w.calls) != 0 {
		t.Errorf("written before the end: %q", w.calls)
	}
	if err := e.End(End{1, "ERROR", 3, 50}); err != nil {
		t.Error(err)
	}
	e.Run(time.Date(2026, 11, 22, 13, 0, 0, 5e8, time.FixedZone("", 3600)))
	if len(w.calls) != 1 {
		t.Errorf("written before the end: %q", w.calls)
	}
	e.End(End{2, "a\"\\\xff\n", -1, 1})
	want := []string{
		`{"t":1500,"connection":1,"from":"SendAccio1","event":"sent","to":"AwaitConfirm1"}` + "\n" +
			`{"t":40,"connection":1,"from":"AwaitConfirm1","event":"timedout","to":"Error","silence":30,"limit":20}` + "\n" +
			`{"t":50,"connection":1,"result":"ERROR","bytes":3}` + "\n",
		`{"run":"2026-11-22T12:00:00.5Z"}` + "\n" + `{"t":1,"connection":2,"result":"a\"\\\ufffd\n","bytes":-1}` + "\n",
	}
	if len(w.calls) != 2 || w.calls[0] != want[0] || w.calls[1] != want[1] {
		t.Errorf("got %q\nwant %q", w.calls, want)
	}
}

// What could not be written is not written later either.
func TestEncoderError(t *testing.T) {
	w := writes{err: errors.New("full")}
	e := NewEncoder(&w)
	for range 2 {
		if err := e.End(End{Connection: 1}); err != w.err {
			t.Error(err)
		}
	}
	if len(w.calls) != 2 || w.calls[0] != w.calls[1] {
		t.Errorf("%q", w.calls)
	}
}

// A connection that goes in circles takes no more memory than that, and nothing of
// it is in the trace; the next one is.
func TestEncoderOfAnEndlessConnection(t *testing.T) {
	var w writes
	e := NewEncoder(&w)
	for range 100_000 {
		e.Transition(session[0])
	}
	if n := cap(e.of(1).lines); n > 2*mostHeld {
		t.Errorf("%d bytes are held", n)
	}
	if err := e.End(End{Connection: 1}); err != ErrLong || len(w.calls) != 0 {
		t.Errorf("%v, %d written", err, len(w.calls))
	}
	line := len(appendTransition(nil, session[0]))
	for range mostHeld/line + 1 { // as much as there is room for
		e.Transition(session[0])
	}
	if err := e.End(End{Connection: 1}); err != nil || len(w.calls) != 1 || strings.Count(w.calls[0], "\n") != mostHeld/line+2 {
		t.Errorf("%v, %d written", err, len(w.calls))
	}
}

// What is held back of a connection is 1 MiB at most, to the byte, and one more line; of
// those that have ended nothing is.
func TestEncoderHoldsAMebibyte(t *testing.T) {
	var w writes
	e := NewEncoder(&w)
	long := session[0]
	long.From += fsm.State(strings.Repeat("x", 128-len(appendTransition(nil, long))))
	const lines = 1 << 20 / 128
	for more, want := range []error{nil, ErrLong} {
		for range lines + more {
			e.Transition(long)
		}
		if err := e.End(End{Connection: 1}); err != want {
			t.Errorf("%d lines: %v, wanted %v", lines+more, err, want)
		}
	}
	if len(e.open) != 0 || len(w.calls) != 1 {
		t.Errorf("%d are held, %d written", len(e.open), len(w.calls))
	}
}

var session = [...]Transition{
	{1, protocol.SendAccio1, protocol.Sent, protocol.AwaitConfirm1, 12345, 12345, 1e10},
	{1, protocol.AwaitConfirm1, protocol.Confirmed, protocol.SendAccio2, 23456, 500, 1e10},
	{1, protocol.SendAccio2, protocol.Sent, protocol.AwaitConfirm2, 34567, 11000, 1e10},
	{1, protocol.AwaitConfirm2, protocol.Confirmed, protocol.Streaming, 45678, 500, 1e10},
	{1, protocol.Streaming, fsm.Closed, protocol.Done, 56789, 10000, 1e10},
}

// One round is a connection of six lines; nothing of it is allocated.
func BenchmarkEncoder(b *testing.B) {
	b.ReportAllocs()
	var out bytes.Buffer
	e := NewEncoder(&out)
	for b.Loop() {
		out.Reset()
		for _, tr := range session {
			e.Transition(tr)
		}
		e.End(End{1, "500", 500, 60000})
	}
}

func TestEncoderAllocatesNothing(t *testing.T) {
	var out bytes.Buffer
	e := NewEncoder(&out)
	if n := testing.AllocsPerRun(100, func() {
		out.Reset()
		for _, tr := range session {
			e.Transition(tr)
		}
		e.End(End{1, "500", 500, 60000})
	}); n > 0 {
		t.Errorf("%v allocations a connection", n)
	}
}

func BenchmarkCheck(b *testing.B) {
	const connections = 10_000
	var text bytes.Buffer
	e := NewEncoder(&text)
	for n := range uint64(connections) {
		for _, tr := range session {
			tr.Connection = n + 1
			e.Transition(tr)
		}
		e.End(End{n + 1, "500", 500, 60000})
	}
	b.SetBytes(int64(text.Len()))
	for b.Loop() {
		report, err := Check(bytes.NewReader(text.Bytes()), &protocol.Server)
		if err != nil || len(report.Violations) > 0 {
			b.Fatal(err, report)
		}
	}
	b.ReportMetric(float64(b.N)*6*connections/b.Elapsed().Seconds(), "lines/s")
}
