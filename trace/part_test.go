package trace

import (
	"errors"
	"io/fs"
	"os"
	"strings"
	"testing"
	"time"
)

// clean expects that a file is a trace without a violation, and returns what was found.
func clean(t *testing.T, name string) Report {
	t.Helper()
	text := read(t, name)
	report := check(t, text)
	if len(report.Violations) > 0 {
		t.Errorf("%s: %v of\n%s", name, report.Violations, text)
	}
	return report
}

// Each part of a trace is a trace, also one without a connection, and so are they together,
// the oldest first (docs/trace.md).
func TestContinue(t *testing.T) {
	for _, places := range []int{1, 3} {
		for _, begin := range []func(string) (*File, error){Create, Append} {
			name := t.TempDir() + "/trace"
			f := opened(t)(begin(name))
			f.Places(places)
			var texts []string
			connections, last := 0, uint64(0)
			for _, n := range []int{0, 0, 2, 0, 3, 1} {
				for range n {
					last++
					serveOne(t, f, last)
				}
				part := strings.Repeat("x", len(texts))
				ok(t, os.Rename(name, name+part+".old"))
				next := opened(t)(f.Continue(name, last+1))
				ok(t, f.Leave())
				report := clean(t, name+part+".old")
				if report.Connections != n || report.Runs != 1 {
					t.Errorf("%d places: %+v, wanted %d connections", places, report, n)
				}
				texts = append(texts, read(t, name+part+".old"))
				connections += n
				f = next
			}
			clean(t, name)
			texts = append(texts, read(t, name))
			if report := check(t, strings.Join(texts, "")); len(report.Violations) > 0 || report.Connections != 6 || report.Connections != connections || report.Runs != 1 {
				t.Errorf("%d places: together %+v", places, report)
			}
			began := ""
			for _, text := range texts[2:] { // the run is that of all parts
				r, wrong := decode([]byte(strings.SplitAfter(text, "\n")[0]))
				if wrong != nil {
					t.Error(wrong)
				}
				if began == "" {
					began = r.Run
				}
				if r.Run != began && r.First > 0 {
					t.Errorf("a part of the run %s, wanted %s", r.Run, began)
				}
			}
		}
	}
}

// What cannot be opened, or has something, changes nothing, and the trace goes on.
func TestContinueInTheWrongPlace(t *testing.T) {
	dir := t.TempDir()
	name := dir + "/trace"
	f := opened(t)(Create(name))
	serveOne(t, f, 1)
	ok(t, os.WriteFile(dir+"/other", []byte("precious"), 0o600))
	ok(t, os.Symlink(name, dir+"/link"))
	another := opened(t)(Create(dir + "/another"))
	tried := 0
	for at, want := range map[string]error{
		"/trace": ErrSame, "/link": ErrSame, "/other": ErrNotEmpty, "/another": ErrInUse, "/nowhere/trace": fs.ErrNotExist,
	} {
		tried++
		if _, err := f.Continue(dir+at, 2); !errors.Is(err, want) || !strings.Contains(err.Error(), dir+at) {
			t.Errorf("%s: %v, wanted %v", at, err, want)
		}
	}
	if tried != 5 || read(t, dir+"/other") != "precious" {
		t.Errorf("%d tried, %q", tried, read(t, dir+"/other"))
	}
	ok(t, another.Close())
	serveOne(t, f, 2)
	if report := clean(t, name); report.Connections != 2 {
		t.Errorf("%+v", report)
	}
}

// A part begins with its first number and with no other; nothing else is new in its rules.
func TestPartsOfARun(t *testing.T) {
	const run, part = `{"run":"2026-11-22T12:00:00Z"`, `,"first":2}` + "\n"
	second := strings.ReplaceAll(stopped(1), `"connection":1`, `"connection":2`)
	tried := 0
	for text, want := range map[string]string{
		run + part + second:                                "",
		run + part:                                         "",
		run + part + run + part + second:                   "",
		stopped(1) + run + part + second:                   "",
		run + part + second + run + "}\n" + stopped(1):     "",
		run + part + stopped(1):                            "number: connection 1 begins; allowed: connection 2",
		run + part + stopped(3):                            "number: connection 3 begins; allowed: connection 2",
		run + "}\n" + second:                               "number: connection 2 begins; allowed: connection 1",
		run + "}\n":                                        "empty: a run without a connection; allowed: connection 1 in SendAccio1",
		run + `,"first":0}` + "\n" + stopped(1):            "fields: first is wrong or missing; allowed: run, concurrency, first, instance",
		run + `,"first":"2"}` + "\n" + stopped(1):          "fields: first is of the wrong kind: string; allowed: " + fieldsOfAny,
		strings.Replace(stopped(1), "}", `,"first":1}`, 1): "fields: first may not be here; allowed: " + fieldsOfTransition,
	} {
		tried++
		report := check(t, text)
		if want == "" != (len(report.Violations) == 0) || want != "" && report.Violations[0].String() != want {
			t.Errorf("%s: %v, want %s", text, report.Violations, want)
		}
	}
	if tried != 12 {
		t.Errorf("%d tried", tried)
	}
}

// How many runs there are: one goes on in the parts that have its line, or the number of
// one behind it.
func TestRunsOfParts(t *testing.T) {
	line := func(run, first string) string { return `{"run":"2026-11-22T12:00:0` + run + `Z"` + first + "}\n" }
	const second, third, twelfth = `,"first":2`, `,"first":3`, `,"first":12`
	tried := 0
	for text, runs := range map[string]int{
		line("1", "") + stopped(1) + line("1", second) + stopped(2):                                     1,
		line("1", "") + stopped(1) + line("2", second) + stopped(2):                                     2,
		line("1", "") + stopped(1) + line("1", "") + stopped(1):                                         2,
		line("1", "") + stopped(1) + line("2", "") + stopped(1):                                         2,
		stopped(1) + line("1", second) + stopped(2):                                                     1,
		stopped(1) + line("1", `,"first":1`) + stopped(1):                                               2,
		stopped(1) + line("1", "") + stopped(1):                                                         2,
		line("1", third) + stopped(3) + line("1", twelfth) + stopped(12):                                1,
		line("1", third) + stopped(3) + line("2", twelfth) + stopped(12):                                2,
		line("1", third) + line("1", twelfth):                                                           1,
		line("1", second) + stopped(2) + line("1", third) + stopped(3) + line("2", "") + stopped(1):     2,
		line("1", `,"first":1`) + stopped(1) + line("1", second) + stopped(2) + line("1", third):        1,
		line("1", `,"first":1`) + line("2", `,"first":1`) + stopped(1) + line("2", second) + stopped(2): 2,
	} {
		tried++
		if report := check(t, text); report.Runs != runs || len(report.Violations) > 0 {
			t.Errorf("%d runs, wanted %d; %v in\n%s", report.Runs, runs, report.Violations, text)
		}
	}
	if tried != 13 {
		t.Errorf("%d tried", tried)
	}
}

// A part that nobody came in says which is the first connection that it could have had, and
// one that has connections is left as it is.
func TestLeave(t *testing.T) {
	name := t.TempDir() + "/trace"
	f := opened(t)(Create(name))
	serveOne(t, f, 1)
	before := read(t, name)
	ok(t, f.Leave())
	if after := read(t, name); after != before {
		t.Errorf("left as\n%s\nand it was\n%s", after, before)
	}
	name += "-2"
	ok(t, opened(t)(Create(name)).Leave())
	if text := read(t, name); strings.Count(text, "\n") != 1 || !strings.HasSuffix(text, `,"first":1}`+"\n") {
		t.Errorf("%q", text)
	}
	ok(t, os.WriteFile(name+"-3", nil, 0o600))
	unwritable, err := os.Open(name + "-3")
	ok(t, err)
	if err := newFile(unwritable).Leave(); err == nil || unwritable.Close() == nil {
		t.Errorf("%v, wanted that it cannot be written to, and that it is closed", err)
	}
	f = opened(t)(Create(name + "-4"))
	ok(t, f.file.Close())
	if err := f.Leave(); !errors.Is(err, fs.ErrClosed) {
		t.Errorf("%v, wanted that it was closed", err)
	}
}

// A file in which something is does not continue a trace, be it one byte, and is not kept open.
func TestWhatDoesNotContinueIsClosed(t *testing.T) {
	dir := t.TempDir()
	f := opened(t)(Create(dir + "/trace"))
	serveOne(t, f, 1)
	ok(t, os.WriteFile(dir+"/byte", []byte("\n"), 0o600))
	if _, err := f.Continue(dir+"/byte", 2); !errors.Is(err, ErrNotEmpty) {
		t.Errorf("%v, wanted %v", err, ErrNotEmpty)
	}
	another := opened(t)(Create(dir + "/another"))
	serveOne(t, another, 1)
	ok(t, another.Close())
	if _, err := f.Continue(dir+"/another", 12); !errors.Is(err, ErrNotEmpty) {
		t.Errorf("%v, wanted %v", err, ErrNotEmpty)
	}
	ok(t, opened(t)(Append(dir+"/another")).Close()) // nobody holds it
	next := opened(t)(f.Continue(dir+"/next", 12))
	ok(t, next.Close())
	if text := read(t, dir+"/next"); !strings.HasSuffix(text, `,"first":12}`+"\n") {
		t.Errorf("%q", text)
	}
}

// An encoder of no part says nothing of it.
func TestRunIsNoPart(t *testing.T) {
	var w writes
	e := NewEncoder(&w)
	e.Run(time.Now())
	e.End(End{Connection: 1, Result: ErrorResult})
	if len(w.calls) != 1 || strings.Contains(w.calls[0], "first") {
		t.Errorf("%q", w.calls)
	}
}
