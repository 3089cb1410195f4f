package overlaytest

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

const (
	code  = "package p\n\nconst one = 1\n"
	tests = `package p

import "testing"

func TestOne(t *testing.T) {
	if one == 3 {
		t.Skip()
	}
	if one != 1 {
		t.Fatal(one)
	}
}
`
)

func module(t *testing.T) (dir string) {
	t.Helper()
	dir = t.TempDir()
	for name, text := range map[string]string{"go.mod": "module p\n\ngo 1.26\n", "p.go": code, "p_test.go": tests} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func TestOutcomes(t *testing.T) {
	dir := module(t)
	for new, want := range map[string]Outcome{
		"one = 2":           Caught,
		"one = 1 + 0":       Survived,
		"one = 3":           Skipped,
		"two = 2":           Broken,
		"one = \"\"; // no": Broken,
	} {
		f := Fault{File: filepath.Join(dir, "p.go"), Old: "one = 1", New: new, Package: dir, Test: "TestOne"}
		if err := f.Possible(); err != nil {
			t.Fatal(err)
		}
		if got, text, err := f.Try(t.TempDir()); got != want || err != nil {
			t.Errorf("%s: %q, %v, wanted %q:\n%s", new, got, err, want, text)
		}
	}
	f := Fault{Test: "TestOne"}
	if got := f.outcome("=== RUN   TestOne\npanic: test timed out after 1s\n", false); got != Hung {
		t.Errorf("a test that hangs: %q", got)
	}
}

func TestPossible(t *testing.T) {
	dir := module(t)
	good := Fault{File: filepath.Join(dir, "p.go"), Old: "one = 1", New: "one = 2", Package: dir, Test: "TestOne"}
	for want, spoil := range map[string]func(*Fault){
		"has 0 places":   func(f *Fault) { f.Old = "one = 5" },
		"has 2 places":   func(f *Fault) { f.Old = "p" },
		"is no change":   func(f *Fault) { f.New = f.Old },
		"has no test":    func(f *Fault) { f.Test = "TestO" },
		"no such file":   func(f *Fault) { f.File += "x" },
		"no test TestOn": func(f *Fault) { f.Test = "TestOn" },
	} {
		f := good
		spoil(&f)
		if err := f.Possible(); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v, wanted %q", err, want)
		}
	}
	if err := good.Possible(); err != nil {
		t.Error(err)
	}
}
