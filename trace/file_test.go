package trace

import (
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"strings"
	"testing"
	"time"
)

func ok(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// serveOne writes a good session.
func serveOne(t *testing.T, f *File, connection uint64) {
	t.Helper()
	for _, tr := range session {
		tr.Connection = connection
		f.Transition(tr)
	}
	ok(t, f.End(End{connection, "500", 500, 60000}))
}

func read(t *testing.T, name string) string {
	t.Helper()
	text, err := os.ReadFile(name)
	ok(t, err)
	return string(text)
}

func opened(t *testing.T) func(*File, error) *File {
	return func(f *File, err error) *File {
		t.Helper()
		ok(t, err)
		t.Cleanup(func() { f.Close() })
		return f
	}
}

// A trace is begun anew, or goes on with a run of its own that is there when
// the first connection is.
func TestCreateAndAppend(t *testing.T) {
	name := t.TempDir() + "/trace"
	ok(t, os.WriteFile(name, []byte("something else"), 0o600))
	f := opened(t)(Create(name))
	if text := read(t, name); text != "" {
		t.Errorf("a new trace has %q", text)
	}
	info, err := os.Stat(opened(t)(Create(name + "2")).file.Name())
	ok(t, err)
	if info.Mode().Perm()&0o111 != 0 {
		t.Errorf("a trace may be executed: %s", info.Mode())
	}
	serveOne(t, f, 1)
	ok(t, f.Close())
	first := read(t, name)

	f = opened(t)(Append(name))
	if text := read(t, name); text != first {
		t.Errorf("a run without connections: %q", text)
	}
	serveOne(t, f, 1)
	serveOne(t, f, 2)
	ok(t, f.Close())
	text := read(t, name)
	added, kept := strings.CutPrefix(text, first)
	run, second, _ := strings.Cut(added, "\n")
	var began struct{ Run time.Time }
	ok(t, json.Unmarshal([]byte(run), &began))
	report := check(t, text)
	if d := time.Since(began.Run); d < 0 || d > time.Hour || strings.Contains(run, "+") {
		t.Errorf("%s, %s ago", run, d)
	}
	if !kept || !strings.HasPrefix(second, first) || len(report.Violations) > 0 || report.Runs != 2 || report.Connections != 3 {
		t.Errorf("%+v of\n%s", report, text)
	}
}

// Appended is to nothing, and to what ends with the end of a connection.
func TestAppendToSomethingElse(t *testing.T) {
	name := t.TempDir() + "/trace"
	serveOne(t, opened(t)(Append(name)), 1)
	whole := read(t, name)
	name += "s"
	tried := 0
	for _, text := range []string{
		"x", "\n", whole[:len(whole)-1], whole[:len(whole)-2] + "\n", whole + "\n", whole + " ", whole + "{}\n",
		strings.Join(strings.SplitAfter(whole, "\n")[:2], ""), strings.Repeat("x", 10*maxLine) + "\n",
	} {
		tried++
		ok(t, os.WriteFile(name, []byte(text), 0o600))
		_, err := Append(name)
		if want := name + " does not end with the end of a connection, nothing can be appended to it; \"accio trace " + name + "\" tells more"; err == nil || err.Error() != want {
			t.Errorf("%.40q: %v", text, err)
		}
		if read(t, name) != text {
			t.Errorf("%.40q was changed", text)
		}
	}
	last := whole[strings.LastIndex(whole, `{"t"`):]
	longest := "{" + strings.Repeat(" ", maxLine+len("\n")-len(last)) + last[1:]
	for _, text := range []string{"", whole, last, strings.Repeat(whole, 20), longest, whole + longest} {
		tried++
		ok(t, os.WriteFile(name, []byte(text), 0o600))
		ok(t, opened(t)(Append(name)).Close())
	}
	if tried != 15 {
		t.Errorf("%d tried", tried)
	}
}

// Two servers do not write one trace; who cannot have it changes nothing of it.
func TestTraceInUse(t *testing.T) {
	name := t.TempDir() + "/trace"
	f := opened(t)(Create(name))
	serveOne(t, f, 1)
	want := read(t, name)
	for _, open := range []func(string) (*File, error){Create, Append} {
		_, err := open(name)
		if !errors.Is(err, ErrInUse) || !strings.HasPrefix(err.Error(), name+": another program writes this trace") {
			t.Errorf("%v", err)
		}
		if text := read(t, name); text != want {
			t.Errorf("the trace is now %q", text)
		}
	}
	serveOne(t, f, 2)
	ok(t, f.Close())
	if report := check(t, read(t, name)); len(report.Violations) > 0 || report.Connections != 2 {
		t.Errorf("%+v", report)
	}
	ok(t, opened(t)(Append(name)).Close())
}

// What cannot be opened says its name.
func TestTraceThatCannotBeOpened(t *testing.T) {
	name := t.TempDir() + "/nowhere/trace"
	for _, open := range []func(string) (*File, error){Create, Append} {
		if _, err := open(name); !errors.Is(err, fs.ErrNotExist) || !strings.Contains(err.Error(), name) {
			t.Error(err)
		}
	}
}
