package require

import (
	"fmt"
	"runtime"
	"testing"
)

// fake keeps how a test was ended.
type fake struct {
	testing.TB
	text string
}

func (f *fake) Helper()                           {}
func (f *fake) Errorf(format string, args ...any) { f.text += "error: " + fmt.Sprintf(format, args...) }
func (f *fake) Skipf(format string, args ...any)  { f.end("skip: "+format, args...) }
func (f *fake) Fatalf(format string, args ...any) { f.end("fatal: "+format, args...) }

func (f *fake) end(format string, args ...any) {
	f.text += fmt.Sprintf(format, args...)
	runtime.Goexit()
}

func ending(test func(t testing.TB)) string {
	f, done := &fake{}, make(chan bool)
	go func() { defer close(done); test(f) }()
	<-done
	return f.text
}

func TestRan(t *testing.T) {
	for got, want := range []string{"error: ran 0 words, want 1", "", "error: ran 2 words, want 1"} {
		if text := ending(func(t testing.TB) { Ran(t, "words", got, 1) }); text != want {
			t.Errorf("%q, want %q", text, want)
		}
	}
}

// A tool that is missing skips a test only if nobody requires it.
func TestMissing(t *testing.T) {
	const name = "no-such-tool"
	for required, skips := range map[string]bool{"": true, "spin": true, "no-such": true, name + "-2": true, name: false, "spin," + name: false} {
		t.Setenv("ACCIO_REQUIRE", required)
		text := ending(func(t testing.TB) { Tool(t, name) })
		want := `fatal: ACCIO_REQUIRE names no-such-tool: exec: "no-such-tool": executable file not found in $PATH`
		if skips {
			want = `skip: needs no-such-tool: exec: "no-such-tool": executable file not found in $PATH`
		}
		if text != want {
			t.Errorf("%q: %q, want %q", required, text, want)
		}
		if skip, err := Lookup(name); skip != skips || err == nil {
			t.Errorf("%q: skip %v, %v", required, skip, err)
		}
	}
	if text := ending(func(t testing.TB) {
		if path := Tool(t, "go"); path == "" {
			t.Errorf("no path")
		}
	}); text != "" {
		t.Error(text)
	}
	if skip, err := Lookup("go"); skip || err != nil {
		t.Errorf("%v, %v", skip, err)
	}
}
