package record

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"accio/protocol"
	"accio/trace"
	"accio/transport"
)

// reopened is a trace in a directory of its own, with what it tells the log.
type reopened struct {
	*Trace
	t    *testing.T
	name string
	log  bytes.Buffer
}

func newReopened(t *testing.T, places int) *reopened {
	r := &reopened{t: t, name: filepath.Join(t.TempDir(), "trace")}
	var err error
	r.Trace, err = OpenTrace(trace.Create, r.name, NewFileLog(&r.log, "text", false))
	if err != nil {
		t.Fatal(err)
	}
	r.Places(places)
	t.Cleanup(r.Close)
	return r
}

func (r *reopened) begin(connection uint64) {
	r.Begin(connection)
	r.Transition(transport.Transition{Connection: connection, From: protocol.SendAccio1, Event: protocol.Sent, To: protocol.AwaitConfirm1, Since: 1})
}

func (r *reopened) end(connection uint64) {
	r.Transition(transport.Transition{Connection: connection, From: protocol.AwaitConfirm1, Event: "closed", To: protocol.Error, Since: 2})
	r.End(transport.Result{Connection: connection, State: protocol.Error, Elapsed: 3 * time.Nanosecond})
}

// rotate gives the file another name and reopens the trace.
func (r *reopened) rotate(suffix string) {
	r.t.Helper()
	if err := os.Rename(r.name, r.name+suffix); err != nil {
		r.t.Fatal(err)
	}
	r.Reopen()
}

// has expects a clean trace of those connections, in this order.
func (r *reopened) has(suffix string, connections ...uint64) {
	r.t.Helper()
	text, err := os.ReadFile(r.name + suffix)
	if err != nil {
		r.t.Fatal(err)
	}
	report, err := trace.Check(bytes.NewReader(text), &protocol.Server)
	var got []string
	for _, m := range regexp.MustCompile(`"connection":(\d+),"result"`).FindAllStringSubmatch(string(text), -1) {
		got = append(got, m[1])
	}
	if want := strings.Trim(fmt.Sprint(connections), "[]"); err != nil || len(report.Violations) > 0 || strings.Join(got, " ") != want {
		r.t.Errorf("trace%s has the connections %s, wanted %s; %v, %v", suffix, got, want, report.Violations, err)
	}
}

func (r *reopened) logs(want ...string) {
	r.t.Helper()
	got := strings.Split(strings.TrimSpace(r.log.String()), "\n")
	if len(got) != len(want) {
		r.t.Errorf("%d lines, wanted %d: %s", len(got), len(want), &r.log)
		return
	}
	for i := range got {
		if _, line, _ := strings.Cut(got[i], " "); line != want[i] {
			r.t.Errorf("line %d: %s, wanted %s", i+1, line, want[i])
		}
	}
}

// A connection is written whole where it has begun, however many files there are by then,
// and each of them is a trace (§6.17).
func TestReopen(t *testing.T) {
	r := newReopened(t, 4)
	r.begin(1)
	r.begin(2)
	r.end(2)
	r.rotate(".1")
	r.begin(3)
	r.rotate(".2")
	r.rotate(".3")
	r.begin(4)
	r.end(3)
	r.has(".2", 3)
	r.begin(5)
	r.end(5)
	r.end(1)
	r.end(4)
	r.has(".1", 2, 1)
	r.has(".3")
	r.has("", 5, 4)
	r.logs("INFO trace reopened first=3 before=1", "INFO trace reopened first=4 before=2", "INFO trace reopened first=4 before=2",
		"INFO the trace of before is complete", "INFO the trace of before is complete")
	if len(r.parts) != 1 {
		t.Errorf("%d files are open", len(r.parts))
	}
}

// Where it cannot be reopened the trace goes on; nothing is lost (§6.17).
func TestReopenInVain(t *testing.T) {
	r := newReopened(t, 1)
	r.begin(1)
	r.Reopen()
	r.end(1)
	if err := os.WriteFile(r.name+".other", []byte("x"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Rename(r.name, r.name+".1"); err != nil {
		t.Fatal(err)
	}
	if err := os.Rename(r.name+".other", r.name); err != nil {
		t.Fatal(err)
	}
	r.Reopen()
	r.begin(2)
	r.end(2)
	if err := os.Remove(r.name); err != nil {
		t.Fatal(err)
	}
	r.Reopen()
	r.begin(3)
	r.end(3)
	r.has(".1", 1, 2)
	r.has("", 3)
	at := r.name + ": "
	r.logs("INFO trace not reopened reason=\""+at+trace.ErrSame.Error()+"\"",
		"WARN cannot reopen the trace; the one of before goes on error=\""+at+trace.ErrNotEmpty.Error()+"\"",
		"INFO trace reopened first=3 before=0")
}

// A trace that has failed begins anew with the next file, and one that is closed does not.
func TestReopenAfterAFailure(t *testing.T) {
	r := newReopened(t, 2)
	r.begin(1)
	r.end(1)
	r.begin(2)
	r.parts[0].file.Close()
	r.end(2)
	r.begin(3)
	r.begin(4)
	r.end(3)
	r.rotate(".1")
	r.begin(5)
	r.end(5)
	r.end(4)
	r.has(".1", 1)
	r.has("", 5)
	if log := r.log.String(); strings.Count(log, "WARN") != 1 || !strings.Contains(log, "; from here on nothing is traced\n") {
		t.Error(log)
	}
	r.Close()
	r.rotate(".2")
	r.has(".2", 5)
	if _, err := os.Stat(r.name); err == nil {
		t.Error("it was opened after its end")
	}
}

// No trace is opened at no time.
func TestReopenNone(t *testing.T) {
	none, err := OpenTrace(trace.Create, "", nil)
	if none != nil || err != nil {
		t.Fatal(none, err)
	}
	none.Places(2)
	none.Begin(1)
	none.Transition(transport.Transition{})
	none.End(transport.Result{})
	none.Reopen()
	none.Close()
}
