// Package require is for what tests cannot do without: tools, and something to
// run.
package require

import (
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// Tool returns the path of a command. Without it the test is skipped, or fails
// if ACCIO_REQUIRE, a list with commas, names it.
func Tool(t testing.TB, name string) string {
	t.Helper()
	path, err := exec.LookPath(name)
	if err != nil {
		Missing(t, name, err.Error())
	}
	return path
}

// Python returns the interpreter that python3 may only be a script in front of, for
// programs that are started many times.
func Python(t testing.TB) string {
	t.Helper()
	out, err := exec.Command(Tool(t, "python3"), "-c", "import sys; print(sys.executable)").Output()
	if err != nil {
		t.Fatal(err)
	}
	return strings.TrimSpace(string(out))
}

// Missing skips the test, or fails it if ACCIO_REQUIRE names the tool.
func Missing(t testing.TB, name, why string) {
	t.Helper()
	if named(name) {
		t.Fatalf("ACCIO_REQUIRE names %s: %s", name, why)
	}
	t.Skipf("needs %s: %s", name, why)
}

// Ran fails the test unless it ran so many of what, no more and no fewer: what
// went over an empty list has tested nothing. With a -run that names subtests
// it may be fewer.
func Ran(t testing.TB, what string, got, want int) {
	t.Helper()
	if got != want && (!Part() || got > want) {
		t.Errorf("ran %d %s, want %d", got, what, want)
	}
}

// Part reports whether the -run names subtests.
func Part() bool { return strings.Contains(flag.Lookup("test.run").Value.String(), "/") }

// Seeds fails a fuzz test that does not look for new inputs unless it ran each
// that it added and each of its testdata.
func Seeds(f *testing.F, ran, added int) {
	f.Helper()
	found, err := filepath.Glob(filepath.Join("testdata", "fuzz", f.Name(), "*"))
	if err != nil {
		f.Fatal(err)
	}
	if flag.Lookup("test.fuzz").Value.String() == "" {
		Ran(f, "inputs", ran, added+len(found))
	}
}

// Lookup returns an error for a command that is missing; skip says that
// ACCIO_REQUIRE does not name it.
func Lookup(name string) (skip bool, err error) {
	if _, err := exec.LookPath(name); err != nil {
		return !named(name), fmt.Errorf("needs %s: %w", name, err)
	}
	return false, nil
}

func named(tool string) bool {
	return slices.Contains(strings.Split(os.Getenv("ACCIO_REQUIRE"), ","), tool)
}
