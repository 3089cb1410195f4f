package trace_test

import (
	"encoding/json"
	"maps"
	"slices"
	"strconv"
	"strings"
	"testing"

	"accio/fsm"
	"accio/protocol"
	"accio/trace"
)

// fields is a line, read without the package that is tested.
type fields map[string]any

func parse(line string) fields {
	decoder := json.NewDecoder(strings.NewReader(line))
	decoder.UseNumber()
	f := fields{}
	if err := decoder.Decode(&f); err != nil {
		panic(err)
	}
	return f
}

func (f fields) with(name string, value any) string {
	g := maps.Clone(f)
	g[name] = value
	text, err := json.Marshal(g)
	if err != nil {
		panic(err)
	}
	return string(text) + "\n"
}

func (f fields) number(name string) int64 {
	text, _ := f[name].(json.Number) // a run has no numbers
	n, _ := text.Int64()
	return n
}

func (f fields) is(name, value string) bool { return f[name] == value }

// mutant is a trace with one fault. Legal says why it is one that a server
// could have written all the same; empty: it is not.
type mutant struct{ kind, text, legal string }

// mutants returns every mutant of a trace.
func mutants(text string) (all []mutant) {
	lines := slices.Collect(strings.Lines(text))
	parsed := make([]fields, len(lines))
	for i, line := range lines {
		parsed[i] = parse(line)
	}
	// instead replaces some lines from line i on by others.
	instead := func(kind, legal string, i, n int, others ...string) {
		mutated := slices.Concat(lines[:i], others, lines[i+n:])
		all = append(all, mutant{kind, strings.Join(mutated, ""), legal})
	}
	same := func(i, j int) bool {
		return j >= 0 && j < len(parsed) && parsed[i].number("connection") == parsed[j].number("connection")
	}
	streamed := false
	for i, f := range parsed {
		instead("drop", "", i, 1)
		instead("duplicate", "", i, 1, lines[i], lines[i])
		if i+1 < len(lines) {
			instead("swap", "", i, 2, lines[i+1], lines[i])
		}
		for _, difference := range []int64{-1, 1} {
			instead("wrong connection", "", i, 1, f.with("connection", f.number("connection")+difference))
		}
		for _, name := range slices.Sorted(maps.Keys(f)) {
			instead("null field", "", i, 1, f.with(name, nil))
		}
		instead("wrong time", "", i, 1, f.with("t", -1))
		if same(i, i-1) {
			instead("wrong time", "", i, 1, f.with("t", parsed[i-1].number("t")-1))
		} else {
			streamed = false
		}
		if same(i, i+1) {
			instead("wrong time", "", i, 1, f.with("t", parsed[i+1].number("t")+1))
		}
		streamed = streamed || f.is("from", "Streaming")
		switch {
		case f["run"] != nil:
			instead("wrong run", "", i, 1, f.with("run", "yesterday"))
			instead("wrong run", "", i, 1, f.with("result", "ERROR"))
			continue
		case f["event"] == nil:
			n, legal := f.number("bytes"), ""
			if f.is("result", "ERROR") && streamed {
				legal = "ERROR, and other bytes had come"
			}
			instead("wrong bytes", legal, i, 1, f.with("bytes", n+1))
			instead("wrong bytes", "", i, 1, f.with("bytes", -1))
			if !f.is("result", "ERROR") {
				more := fields(maps.Clone(f))
				more["result"] = strconv.FormatInt(n+1, 10)
				instead("wrong bytes", "another number, and the same bytes", i, 1, more.with("bytes", n+1))
			}
			for _, result := range []string{"ERROR", "error", strconv.FormatInt(n, 10), strconv.FormatInt(n+1, 10), "0" + strconv.FormatInt(n, 10)} {
				if !f.is("result", result) {
					instead("wrong result", "", i, 1, f.with("result", result))
				}
			}
			continue
		}
		for _, s := range append(protocol.Server.States(), "Nowhere") {
			if !f.is("to", string(s)) {
				instead("wrong to", "", i, 1, f.with("to", s))
			}
			if !f.is("from", string(s)) {
				instead("wrong from", "", i, 1, f.with("from", s))
			}
		}
		for _, e := range append(slices.Clone(protocol.Server.Events), "leap") {
			if !f.is("event", string(e)) {
				instead("wrong event", legalEvent(f, e, i+2 == len(parsed)), i, 1, f.with("event", e))
			}
		}
		if f.is("event", "timedout") {
			instead("wrong silence", "", i, 1, f.with("silence", f.number("limit")-1))
			instead("wrong silence", "", i, 1, f.with("silence", f.number("t")+1))
			instead("wrong limit", "", i, 1, f.with("limit", f.number("silence")+1))
			instead("wrong limit", "", i, 1, f.with("limit", f.number("limit")-1))
		}
	}
	ends := map[int]bool{} // of connections, as offsets
	at := 0
	for i, line := range lines {
		at += len(line)
		ends[at] = parsed[i]["result"] != nil
	}
	for n := range text {
		legal, atLine := "", text[n] == '\n' || n > 0 && text[n-1] == '\n'
		if !atLine && n%7 > 0 {
			continue
		}
		if ends[n] {
			legal = "cut between two connections"
		}
		all = append(all, mutant{"truncated", text[:n], legal})
	}
	return all
}

// legalEvent says why another event may stand in a line: the row of the state,
// which leads to the same state, says so. Written by hand, as in fsm_test.go.
func legalEvent(f fields, e fsm.Event, last bool) string {
	rows := map[any]string{
		"SendAccio1":    "failed shutdown aborted",
		"AwaitConfirm1": "mismatched closed failed shutdown aborted",
		"SendAccio2":    "failed shutdown aborted",
		"AwaitConfirm2": "mismatched closed failed shutdown aborted",
		"Streaming":     "failed shutdown aborted",
	}
	switch {
	case !f.is("to", "Error") || f.is("event", "timedout") || !slices.Contains(strings.Fields(rows[f["from"]]), string(e)):
		return ""
	case e == fsm.Shutdown && !last: // a server that is told to stop serves nobody after that
		return ""
	}
	return "another cause of the same Error"
}

// Every mutant of a real trace is rejected, but those that a server could have
// written.
func TestMutantsOfRealTraces(t *testing.T) {
	text := record(t, 1)
	first := strings.SplitAfter(text, "\n")[:6]
	text += `{"run":"2026-11-22T12:00:00Z"}` + "\n" + strings.Join(first, "")
	if report := verdict(t, text); len(report.Violations) > 0 || report.Runs != 2 {
		t.Fatalf("the real trace: %v\n%s", report.Violations, text)
	}
	rejected, legal := map[string]int{}, map[string]int{}
	for _, m := range mutants(text) {
		violations := verdict(t, m.text).Violations
		if (len(violations) == 0) != (m.legal != "") {
			t.Errorf("%s, legal because %q, is found to be %v:\n%s", m.kind, m.legal, violations, m.text)
		}
		if m.legal == "" {
			rejected[m.kind]++
		} else {
			legal[m.kind+": "+m.legal]++
		}
	}
	if n := rejected["truncated"]; n < len(text)/7-11 || n > len(text)/7+1+2*55 { // at every seventh byte and where lines begin and end
		t.Errorf("%d bytes were truncated in %d ways", len(text), n)
	}
	delete(rejected, "truncated")
	wantRejected := map[string]int{"drop": 55, "duplicate": 55, "swap": 54, "null field": 263, "wrong connection": 2 * 55, "wrong event": 314,
		"wrong from": 42 * 7, "wrong to": 42 * 7, "wrong time": 139, "wrong bytes": 23, "wrong result": 48, "wrong run": 2, "wrong silence": 4, "wrong limit": 4}
	wantLegal := map[string]int{"truncated: cut between two connections": 11, "wrong bytes: ERROR, and other bytes had come": 1,
		"wrong bytes: another number, and the same bytes": 3, "wrong event: another cause of the same Error": 22}
	if !maps.Equal(rejected, wantRejected) || !maps.Equal(legal, wantLegal) {
		t.Errorf("rejected %v, want %v\nlegal %v, want %v", rejected, wantRejected, legal, wantLegal)
	}
}

func verdict(t *testing.T, text string) trace.Report {
	t.Helper()
	report, err := trace.Check(strings.NewReader(text), &protocol.Server)
	if err != nil {
		t.Fatal(err)
	}
	return report
}
