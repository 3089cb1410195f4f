package trace

import (
	"encoding/json"
	"errors"
	"io"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"testing/iotest"
	"unicode"

	"accio/fsm"
	"accio/internal/require"
	"accio/protocol"
)

// good has a session, a silent client, and one that is told to stop.
const good = `{"t":10,"connection":1,"from":"SendAccio1","event":"sent","to":"AwaitConfirm1"}
{"t":20,"connection":1,"from":"AwaitConfirm1","event":"confirmed","to":"SendAccio2"}
{"t":30,"connection":1,"from":"SendAccio2","event":"sent","to":"AwaitConfirm2"}
{"t":40,"connection":1,"from":"AwaitConfirm2","event":"confirmed","to":"Streaming"}
{"t":50,"connection":1,"from":"Streaming","event":"closed","to":"Done"}
{"t":60,"connection":1,"result":"5","bytes":5}
{"t":11,"connection":2,"from":"SendAccio1","event":"sent","to":"AwaitConfirm1"}
{"t":131,"connection":2,"from":"AwaitConfirm1","event":"timedout","to":"Error","silence":120,"limit":100}
{"t":131,"connection":2,"result":"ERROR","bytes":0}
{"t":12,"connection":3,"from":"SendAccio1","event":"shutdown","to":"Error"}
{"t":13,"connection":3,"result":"ERROR","bytes":0}
`

func check(t *testing.T, text string) Report {
	t.Helper()
	report, err := Check(strings.NewReader(text), &protocol.Server)
	if err != nil {
		t.Fatal(err)
	}
	return report
}

func TestGoodTrace(t *testing.T) {
	report := check(t, good)
	if len(report.Violations) > 0 || report.Lines != 11 || report.Connections != 3 || report.Runs != 1 || report.Coverage.Seen() != 7 {
		t.Errorf("%+v", report)
	}
	require.Ran(t, "transitions", len(report.Coverage), 29)
	for _, seen := range report.Coverage {
		want := strings.Count(good, `"from":"`+string(seen.From)+`","event":"`+string(seen.Event)+`"`)
		if seen.Times != want {
			t.Errorf("%+v, wanted %d", seen, want)
		}
	}
}

// Any table will do: the rules come from it.
func TestOtherTable(t *testing.T) {
	table := fsm.Table{
		Initial: "A", Terminal: []fsm.State{"Stored"}, Good: []fsm.State{"Stored"}, Events: []fsm.Event{"go"},
		Activities:  []fsm.Activity{{State: "A", Action: fsm.Count, Ends: "go"}},
		Transitions: []fsm.Transition{{From: "A", Event: "go", To: "Stored"}},
	}
	const text = `{"t":1,"connection":1,"from":"A","event":"go","to":"Stored"}
{"t":2,"connection":1,"result":"7","bytes":7}
`
	report, err := Check(strings.NewReader(text), &table)
	if err != nil || len(report.Violations) > 0 || report.Coverage.Seen() != 1 {
		t.Errorf("%+v, %v", report, err)
	}
	if report := check(t, text); len(report.Violations) == 0 {
		t.Error("the server's table allows it")
	}
}

// edit replaces, in a line of the good trace, the first text by the second.
func edit(line int, before, after string) func([]string) []string {
	return func(lines []string) []string {
		if !strings.Contains(lines[line-1], before) {
			panic(lines[line-1] + " has no " + before)
		}
		lines[line-1] = strings.Replace(lines[line-1], before, after, 1)
		return lines
	}
}

func remove(from, to int) func([]string) []string {
	return func(lines []string) []string { return slices.Delete(lines, from-1, to) }
}

func insert(line int, text string) func([]string) []string {
	return func(lines []string) []string { return slices.Insert(lines, line-1, text+"\n") }
}

// Every rule names the line that breaks it, and what would have been allowed.
func TestRules(t *testing.T) {
	const (
		inConfirm1 = "in AwaitConfirm1: confirmed → SendAccio2, mismatched → Error, closed → Error, timedout → Error, failed → Error, shutdown → Error, aborted → Error"
		states     = "[SendAccio1 AwaitConfirm1 SendAccio2 AwaitConfirm2 Streaming Done Error]"
	)
	const run = `{"run":"2026-11-22T12:00:00.5Z"}`
	for _, test := range []struct {
		name   string
		change func([]string) []string
		want   []string // line: violation
	}{
		{"runs", func(lines []string) []string {
			return slices.Concat([]string{run + "\n"}, lines, []string{run + "\n"}, lines)
		}, nil},
		{"other limits in other runs", func(lines []string) []string {
			return slices.Concat(lines, []string{run + "\n"}, edit(8, `"limit":100`, `"limit":99`)(slices.Clone(lines)))
		}, nil},
		{"no run", func(lines []string) []string { return slices.Concat(lines, lines) }, []string{
			"12: number: connection 1 begins; allowed: connection 4",
			"12: shutdown: connection 1 begins; allowed: the end of the trace, for there was a shutdown in line 10",
			"18: number: connection 2 begins; allowed: connection 4",
			"21: number: connection 3 begins; allowed: connection 4"}},
		{"a run within a connection", insert(8, run), []string{
			"7: unfinished: nothing follows for connection 2; allowed: " + inConfirm1,
			"9: number: connection 2 begins; allowed: connection 1",
			"9: from: timedout from AwaitConfirm1 to Error; allowed: in SendAccio1: sent → AwaitConfirm1, timedout → Error, failed → Error, shutdown → Error, aborted → Error"}},
		{"a run between connections", insert(10, run), []string{"11: number: connection 3 begins; allowed: connection 1"}},
		{"a run twice", insert(1, run+"\n"+run), []string{"1: empty: a run without a connection; allowed: connection 1 in SendAccio1"}},
		{"a run at the end", func(lines []string) []string { return append(lines, run+"\n") },
			[]string{"12: empty: a run without a connection; allowed: connection 1 in SendAccio1"}},
		{"a run at no time", insert(1, `{"run":"2026-11-22"}`), []string{"1: fields: run is wrong or missing; allowed: run, concurrency, first, instance"}},
		{"a run and more", insert(1, `{"run":"2026-11-22T12:00:00Z","t":-1}`), []string{"1: fields: t may not be here; allowed: run, concurrency, first, instance"}},
		{"a transition and a run", edit(1, `"t"`, `"run":"2026-11-22T12:00:00Z","t"`), []string{
			"1: fields: run may not be here; allowed: t, connection, from, event, to",
			"2: from: confirmed from AwaitConfirm1 to SendAccio2; allowed: in SendAccio1: sent → AwaitConfirm1, timedout → Error, failed → Error, shutdown → Error, aborted → Error"}},
		{"a field of another kind, and no value", edit(1, `"t"`, `"bytes":-1,"t"`), []string{
			"1: fields: bytes may not be here; allowed: t, connection, from, event, to",
			"2: from: confirmed from AwaitConfirm1 to SendAccio2; allowed: in SendAccio1: sent → AwaitConfirm1, timedout → Error, failed → Error, shutdown → Error, aborted → Error"}},
		{"nothing", remove(1, 0), nil},
		{"no line", remove(1, 11), []string{"1: empty: no line; allowed: connection 1 in SendAccio1"}},
		{"no end of the last line", edit(11, "\n", ""), []string{
			"11: cut: a line without its end; allowed: lines that end in LF",
			"10: unfinished: nothing follows for connection 3; allowed: the end of connection 3, in Error"}},
		{"broken JSON", edit(6, "}", ""), []string{
			"6: json: unexpected end of JSON input; allowed: one JSON object a line",
			"7: sequence: connection 2 begins and connection 1 has not ended; allowed: the end of connection 1, in Done",
			"5: unfinished: nothing follows for connection 1; allowed: the end of connection 1, in Done"}},
		{"blank line", insert(7, ""), []string{"7: json: unexpected end of JSON input; allowed: one JSON object a line"}},
		{"long line", insert(7, strings.Repeat(" ", 3*maxLine)), []string{"7: json: a longer line; allowed: lines of up to 4096 bytes"}},
		{"long cut line", func(lines []string) []string { return append(lines, strings.Repeat(" ", 3*maxLine)) },
			[]string{"12: json: a longer line; allowed: lines of up to 4096 bytes"}},
		{"a string for a number", edit(11, `"t":13`, `"t":"13"`), []string{
			"11: fields: t is of the wrong kind: string; allowed: t, connection, from, event, to or t, connection, result, bytes or run, concurrency, first, instance",
			"10: unfinished: nothing follows for connection 3; allowed: the end of connection 3, in Error"}},
		{"no object", insert(7, `[{}]`), []string{"7: json: array; allowed: one JSON object a line"}},
		{"capital letters", edit(6, `"bytes"`, `"BYTES"`), []string{
			`6: fields: "BYTES" is no field; allowed: bytes`,
			"7: sequence: connection 2 begins and connection 1 has not ended; allowed: the end of connection 1, in Done",
			"5: unfinished: nothing follows for connection 1; allowed: the end of connection 1, in Done"}},
		{"a letter that folds to another", edit(9, `"result"`, `"re\u017fult"`), []string{
			`9: fields: "re\u017fult" is no field; allowed: result`,
			"10: sequence: connection 3 begins and connection 2 has not ended; allowed: the end of connection 2, in Error",
			"8: unfinished: nothing follows for connection 2; allowed: the end of connection 2, in Error"}},
		{"a field twice", edit(9, `"bytes":0`, `"bytes":0,"\u0062ytes":1`), []string{
			"9: fields: bytes is there twice; allowed: bytes once",
			"10: sequence: connection 3 begins and connection 2 has not ended; allowed: the end of connection 2, in Error",
			"8: unfinished: nothing follows for connection 2; allowed: the end of connection 2, in Error"}},
		{"capital letters after an object and a list", edit(9, `"bytes"`, `"x":{"y":[1]},"BYTES"`), []string{
			`9: fields: "BYTES" is no field; allowed: bytes`,
			"10: sequence: connection 3 begins and connection 2 has not ended; allowed: the end of connection 2, in Error",
			"8: unfinished: nothing follows for connection 2; allowed: the end of connection 2, in Error"}},
		{"fields of others", edit(9, `"bytes":0`, `"bytes" : 0, "BYTE":1, "x": {"T":[{"Bytes":"\\\"{"}], "bytes":"bytes"}, "y":"bytes", "z":["T"]`), nil},
		{"an object of something else", insert(7, `{}`), []string{
			"7: fields: neither a transition nor an end nor a run; allowed: t, connection, from, event, to or t, connection, result, bytes or run, concurrency, first, instance"}},
		{"a field is missing", edit(1, `"t":10,`, ""), []string{
			"1: fields: t is wrong or missing; allowed: t, connection, from, event, to",
			"2: from: confirmed from AwaitConfirm1 to SendAccio2; allowed: in SendAccio1: sent → AwaitConfirm1, timedout → Error, failed → Error, shutdown → Error, aborted → Error"}},
		{"silence missing", edit(8, `"silence":120,`, ""), []string{
			"8: fields: silence is wrong or missing; allowed: t, connection, from, event, to, silence, limit",
			"9: unfinished: the end of connection 2 in AwaitConfirm1; allowed: " + inConfirm1}},
		{"limit missing", edit(8, `,"limit":100`, ""), []string{
			"8: fields: limit is wrong or missing; allowed: t, connection, from, event, to, silence, limit",
			"9: unfinished: the end of connection 2 in AwaitConfirm1; allowed: " + inConfirm1}},
		{"no limit", edit(8, `"limit":100`, `"limit":0`), []string{
			"8: fields: limit is wrong or missing; allowed: t, connection, from, event, to, silence, limit",
			"9: unfinished: the end of connection 2 in AwaitConfirm1; allowed: " + inConfirm1}},
		{"the shortest limit", edit(8, `"silence":120,"limit":100`, `"silence":1,"limit":1`), nil},
		{"no silence", edit(8, `"silence":120`, `"silence":0`), []string{
			"8: early: timedout after a silence of 0s; allowed: 100ns or more"}},
		{"a silence from the beginning on", edit(8, `"silence":120`, `"silence":131`), nil},
		{"connection 0", insert(7, `{"t":13,"connection":0,"result":"ERROR","bytes":0}`), []string{
			"7: fields: connection is wrong or missing; allowed: t, connection, result, bytes"}},
		{"an end without its bytes", insert(7, `{"t":13,"connection":2,"result":"5"}`), []string{
			"7: fields: bytes is wrong or missing; allowed: t, connection, result, bytes"}},
		{"silence without a timeout", edit(8, "timedout", "failed"), []string{
			"8: fields: silence may not be here; allowed: t, connection, from, event, to",
			"9: unfinished: the end of connection 2 in AwaitConfirm1; allowed: " + inConfirm1}},
		{"both kinds at once", edit(11, `"t"`, `"from":"Error","t"`), []string{
			"11: fields: event is wrong or missing; allowed: t, connection, from, event, to",
			"10: unfinished: nothing follows for connection 3; allowed: the end of connection 3, in Error"}},
		{"a connection missing", remove(7, 9), []string{"7: number: connection 3 begins; allowed: connection 2"}},
		{"the first connection missing", remove(1, 6), []string{"1: number: connection 2 begins; allowed: connection 1"}},
		{"a connection twice", insert(7, `{"t":0,"connection":1,"from":"SendAccio1","event":"failed","to":"Error"}`+"\n"+`{"t":0,"connection":1,"result":"ERROR","bytes":0}`),
			[]string{"7: number: connection 1 begins; allowed: connection 2"}},
		{"interleaved", func(lines []string) []string { lines[5], lines[6] = lines[6], lines[5]; return lines }, []string{
			"6: sequence: connection 2 begins and connection 1 has not ended; allowed: the end of connection 1, in Done"}},
		{"no end", remove(9, 9), []string{
			"9: sequence: connection 3 begins and connection 2 has not ended; allowed: the end of connection 2, in Error",
			"8: unfinished: nothing follows for connection 2; allowed: the end of connection 2, in Error"}},
		{"no terminal state", remove(8, 8), []string{"8: unfinished: the end of connection 2 in AwaitConfirm1; allowed: " + inConfirm1}},
		{"no transition at all", remove(10, 10), []string{
			"10: unfinished: the end of connection 3 in SendAccio1; allowed: in SendAccio1: sent → AwaitConfirm1, timedout → Error, failed → Error, shutdown → Error, aborted → Error"}},
		{"cut between lines", remove(8, 11), []string{
			"7: unfinished: nothing follows for connection 2; allowed: " + inConfirm1}},
		{"after a shutdown", func(lines []string) []string {
			return edit(5, "closed\",\"to\":\"Done", "shutdown\",\"to\":\"Error")(edit(6, `"5"`, `"ERROR"`)(lines))
		},
			[]string{"7: shutdown: connection 2 begins; allowed: the end of the trace, for there was a shutdown in line 5"}},
		{"a transition in a terminal state", insert(6, `{"t":50,"connection":1,"from":"Done","event":"closed","to":"Done"}`),
			[]string{`6: ended: "closed" in Done; allowed: the end of connection 1, in Done`}},
		{"two ends", insert(7, `{"t":60,"connection":1,"result":"5","bytes":5}`),
			[]string{"7: ended: connection 1 has ended; allowed: connection 2 in SendAccio1"}},
		{"unknown state before", edit(2, "AwaitConfirm1", "Waiting"), []string{`2: state: from "Waiting"; allowed: ` + states}},
		{"unknown state after", edit(8, "Error", "error"), []string{
			`8: state: to "error"; allowed: ` + states,
			"9: unfinished: the end of connection 2 in AwaitConfirm1; allowed: " + inConfirm1}},
		{"unknown event", edit(2, "confirmed", "commanded"), []string{`2: event: "commanded"; allowed: [sent confirmed mismatched closed timedout failed shutdown aborted]`}},
		{"a transition missing", remove(2, 2), []string{"2: from: sent from SendAccio2 to AwaitConfirm2; allowed: " + inConfirm1}},
		{"a transition twice", insert(3, `{"t":20,"connection":1,"from":"AwaitConfirm1","event":"confirmed","to":"SendAccio2"}`), []string{
			"3: from: confirmed from AwaitConfirm1 to SendAccio2; allowed: in SendAccio2: sent → AwaitConfirm2, timedout → Error, failed → Error, shutdown → Error, aborted → Error"}},
		{"wrong destination", edit(2, `"to":"SendAccio2"`, `"to":"Streaming"`), []string{
			"2: transition: confirmed from AwaitConfirm1 to Streaming; allowed: " + inConfirm1,
			"3: from: sent from SendAccio2 to AwaitConfirm2; allowed: in Streaming: closed → Done, timedout → Error, failed → Error, shutdown → Error, aborted → Error"}},
		{"impossible event", edit(2, "confirmed", "sent"), []string{"2: transition: sent from AwaitConfirm1 to SendAccio2; allowed: " + inConfirm1}},
		{"time goes backwards", edit(3, `"t":30`, `"t":19`), []string{"3: time: t 19 after 20; allowed: 20 or more"}},
		{"time goes backwards at the end", edit(6, `"t":60`, `"t":49`), []string{"6: time: t 49 after 50; allowed: 50 or more"}},
		{"a timeout before its time", edit(8, `"silence":120`, `"silence":99`), []string{
			"8: early: timedout after a silence of 99ns; allowed: 100ns or more"}},
		{"a silence from before the connection", edit(8, `"silence":120`, `"silence":132`), []string{
			"8: silence: a silence of 132ns in a connection of 131ns; allowed: none that is longer than the connection"}},
		{"another limit", func(lines []string) []string {
			return slices.Concat(lines[:9], []string{
				`{"t":131,"connection":3,"from":"SendAccio1","event":"timedout","to":"Error","silence":120,"limit":101}` + "\n",
				`{"t":131,"connection":3,"result":"ERROR","bytes":0}` + "\n"})
		}, []string{"10: limit: a limit of 101ns; allowed: 100ns"}},
		{"a number for an error", edit(9, "ERROR", "0"), []string{`9: result: "0" in Error with bytes 0; allowed: "ERROR"`}},
		{"an error for a number", edit(6, `"5"`, `"ERROR"`), []string{`6: result: "ERROR" in Done with bytes 5; allowed: "5"`}},
		{"another number", edit(6, `"5"`, `"05"`), []string{`6: result: "05" in Done with bytes 5; allowed: "5"`}},
		{"bytes before they are counted", edit(9, `"bytes":0`, `"bytes":1`), []string{
			`9: bytes: bytes 1 in a connection that counted none; allowed: 0`}},
	} {
		t.Run(test.name, func(t *testing.T) {
			lines := test.change(slices.Collect(strings.Lines(good)))
			var got []string
			for _, v := range check(t, strings.Join(lines, "")).Violations {
				got = append(got, strconv.Itoa(v.Line)+": "+v.String())
			}
			if !slices.Equal(got, test.want) {
				t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(test.want, "\n"))
			}
		})
	}
}

// Each field has its name and no other, and is there once.
func TestNamesOfFields(t *testing.T) {
	for i, name := range []string{"t", "connection", "from", "event", "to", "silence", "limit", "result", "bytes", "run"} {
		other := strings.ToUpper(name[:1]) + name[1:]
		for line, want := range map[string]string{
			`{"` + other + `":null}`:                    strconv.Quote(other) + " is no field",
			`{"` + name + `":null,"` + name + `":null}`: name + " is there twice",
		} {
			report := check(t, line+"\n"+good)
			if len(report.Violations) != 1 || report.Violations[0].Rule != RuleFields || report.Violations[0].Found != want {
				t.Errorf("%s: %v", line, report.Violations)
			}
		}
		if fieldNames[i] != name {
			t.Errorf("field %d is %s", i, fieldNames[i])
		}
	}
}

// A check ends when it has found enough.
func TestCheckStops(t *testing.T) {
	for _, n := range []int{MaxViolations, MaxViolations + 1} {
		report := check(t, good+strings.Repeat("x\n", n))
		if len(report.Violations) != MaxViolations || report.Stopped != (n > MaxViolations) {
			t.Errorf("%d violations: %d, stopped %t", n, len(report.Violations), report.Stopped)
		}
	}
}

// An object may have 4096 bytes, whatever ends the line (docs/trace.md).
func TestLongestLine(t *testing.T) {
	const line = `{"t":13,"connection":3,"result":"ERROR","bytes":0,"pad":""}`
	before, _ := strings.CutSuffix(good, strings.SplitAfter(good, "\n")[10])
	for length, want := range map[int]string{maxLine - 1: "", maxLine: "", maxLine + 1: "a longer line"} {
		for _, end := range []string{"\n", ""} {
			found := want
			if end == "" && want == "" {
				found = "a line without its end"
			}
			padded := strings.Replace(line, `""`, `"`+strings.Repeat("x", length-len(line))+`"`, 1)
			violations := check(t, before+padded+end).Violations
			if found == "" && len(violations) > 0 || found != "" && (len(violations) != 2 || violations[0].Found != found) {
				t.Errorf("%d bytes, end %q: %v, wanted %q", len(padded), end, violations, found)
			}
		}
	}
}

// Whatever a trace has, what is printed of it is one line without control
// characters.
func TestViolationsAreQuoted(t *testing.T) {
	const hostile = "\x1b]0;x\a\r\nclean: 1 lines\u202e"
	quoted, _ := json.Marshal(hostile)
	tried, printed := 0, 0
	for i, line := range strings.Split(strings.TrimSuffix(good, "\n"), "\n") {
		for _, text := range regexp.MustCompile(`"[^"]*"`).FindAllStringIndex(line, -1) {
			for _, instead := range []string{string(quoted), hostile} {
				lines := strings.SplitAfter(good, "\n")
				lines[i] = line[:text[0]] + instead + line[text[1]:] + "\n"
				for _, lines := range [][]string{lines, slices.Insert(slices.Clone(lines), i+1, lines[i])} {
					tried++
					for _, v := range check(t, strings.Join(lines, "")).Violations {
						if strings.ContainsFunc(v.String(), func(r rune) bool { return !unicode.IsPrint(r) }) {
							t.Errorf("%q", v)
						}
						if strings.Contains(v.Found, `\x1b]0;x`) {
							printed++
						}
					}
				}
			}
		}
	}
	if tried != 4*81 || printed == 0 {
		t.Errorf("%d traces, hostile text in %d violations", tried, printed)
	}
}

// What cannot be read is no fault of the trace.
func TestCheckReturnsReadErrors(t *testing.T) {
	for _, text := range []string{"", good, "{", strings.Repeat(" ", 2*maxLine)} {
		broken := io.MultiReader(strings.NewReader(text), iotest.ErrReader(io.ErrClosedPipe))
		if _, err := Check(broken, &protocol.Server); !errors.Is(err, io.ErrClosedPipe) {
			t.Errorf("%.20q: %v", text, err)
		}
	}
}
