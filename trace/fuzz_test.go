package trace_test

import (
	"bytes"
	"encoding/json"
	"strconv"
	"strings"
	"testing"
	"time"
	"unicode"

	"accio/fsm"
	"accio/internal/require"
	"accio/protocol"
	"accio/trace"
)

// A trace without a violation is one that the machine runs: connection by
// connection its events lead through the same states to a terminal one, its
// times and results are right, and an encoder writes one like it. Of any other
// text every violation names a line, and can be printed.
func FuzzCheck(f *testing.F) {
	text := record(f, 1)
	f.Add([]byte(text))
	f.Add([]byte(text + `{"run":"2026-11-22T12:00:00Z"}` + "\n" + text))
	added, ran := 2, 0
	for i, m := range mutants(text) {
		if i%97 == 0 {
			f.Add([]byte(m.text))
			added++
		}
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		ran++
		report, err := trace.Check(bytes.NewReader(text), &protocol.Server)
		if err != nil || len(report.Violations) > trace.MaxViolations {
			t.Fatal(err, report)
		}
		for _, v := range report.Violations {
			if v.Line < 1 || v.Line > max(report.Lines, 1) || v.Found == "" || v.Allowed == "" || strings.ContainsFunc(v.String(), unprintable) {
				t.Errorf("%+q", v)
			}
		}
		if len(report.Violations) > 0 {
			return
		}
		var again bytes.Buffer
		replay(t, string(text), trace.NewEncoder(&again))
		if r := verdict(t, again.String()); len(r.Violations) > 0 || r.Coverage.String() != report.Coverage.String() {
			t.Errorf("encoded again: %+v\n%s", r, &again)
		}
	})
	require.Seeds(f, ran, added)
	if added < 10 {
		f.Errorf("%d inputs", added)
	}
}

func unprintable(r rune) bool { return !unicode.IsPrint(r) }

// replay runs a trace on a machine.
func replay(t *testing.T, text string, encoder *trace.Encoder) {
	machine := fsm.NewMachine(&protocol.Server, nil)
	connection, since := uint64(1), time.Duration(0)
	for line := range strings.Lines(text) {
		var l struct {
			T, Silence, Limit time.Duration
			Connection        uint64
			From, To          fsm.State
			Event             fsm.Event
			Result            string
			Bytes             int64
			Run               string
		}
		if err := json.Unmarshal([]byte(line), &l); err != nil {
			t.Fatal(err)
		}
		if l.Run != "" {
			began, err := time.Parse(time.RFC3339, l.Run)
			if err != nil || machine.State() != protocol.Server.Initial {
				t.Fatalf("in %s: %s", machine.State(), line)
			}
			encoder.Run(began)
			connection = 1
			continue
		}
		if l.Connection != connection || l.T < since || l.Event == fsm.TimedOut && (l.Silence < l.Limit || l.Silence > l.T) {
			t.Fatalf("connection %d, since %s: %s", connection, since, line)
		}
		if since = l.T; l.Event != "" {
			if from := machine.State(); from != l.From || machine.Fire(l.Event) != nil || machine.State() != l.To {
				t.Fatalf("from %s to %s: %s", from, machine.State(), line)
			}
			encoder.Transition(trace.Transition{Connection: l.Connection, From: l.From, Event: l.Event, To: l.To,
				Since: l.T, Silence: l.Silence, Limit: l.Limit})
			continue
		}
		want := map[fsm.State]string{protocol.Done: strconv.FormatInt(l.Bytes, 10), protocol.Error: "ERROR"}
		if l.Result != want[machine.State()] {
			t.Fatalf("in %s: %s", machine.State(), line)
		}
		if err := encoder.End(trace.End{Connection: l.Connection, Result: l.Result, Bytes: l.Bytes, Since: l.T}); err != nil {
			t.Fatal(err)
		}
		connection, since = connection+1, 0
		machine.Reset()
	}
	if machine.State() != protocol.Server.Initial {
		t.Fatalf("ends in %s", machine.State())
	}
}
