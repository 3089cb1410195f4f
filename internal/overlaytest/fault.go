package overlaytest

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
)

// Fault is a change of a file at one place, and the test that is to fail of it.
// Paths are relative to the working directory, as a rule that of the test.
type Fault struct {
	Name           string
	File, Old, New string // File has Old exactly once
	Package        string // the directory of Test; empty means the working directory
	Test           string // a function without subtests, or several, with | in between, that must fail each
}

// Possible returns an error if the fault cannot be put in, or its test does
// not exist.
func (f Fault) Possible() error {
	if _, err := f.mutant(); err != nil {
		return err
	}
	files, err := filepath.Glob(filepath.Join(f.dir(), "*_test.go"))
	if err != nil {
		return err
	}
	var all []byte
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			return err
		}
		all = append(all, text...)
	}
	for _, test := range f.tests() {
		if !regexp.MustCompile(`(?m)^func ` + regexp.QuoteMeta(test) + `\(\w+ \*testing\.`).Match(all) {
			return fmt.Errorf("%s has no test %s", f.dir(), test)
		}
	}
	return nil
}

func (f Fault) tests() []string { return strings.Split(f.Test, "|") }

// Outcome is what a test says of a fault.
type Outcome string

// The outcomes. Of a fault that is Broken or that makes the test hang until its
// time limit, the test has said nothing.
const (
	Caught   Outcome = "caught"
	Survived Outcome = "not caught"
	Skipped  Outcome = "the test was skipped" // as a tool is missing
	Broken   Outcome = "does not build"
	Hung     Outcome = "the test hung"
)

// limit is the time that a test gets, in the form of "go test -timeout".
const limit = "60s"

// Try builds the fault in and runs its test, in a temporary directory dir. Text
// is what go test printed.
func (f Fault) Try(dir string) (o Outcome, text string, err error) {
	source, err := f.mutant()
	if err != nil {
		return "", "", err
	}
	file, err := filepath.Abs(f.File)
	if err != nil {
		return "", "", err
	}
	mutant, overlay := filepath.Join(dir, "mutant"), filepath.Join(dir, "overlay.json")
	replace, err := json.Marshal(map[string]any{"Replace": map[string]string{file: mutant}})
	if err != nil {
		return "", "", err
	}
	if err := os.WriteFile(mutant, []byte(source), 0o600); err != nil {
		return "", "", err
	}
	if err := os.WriteFile(overlay, replace, 0o600); err != nil {
		return "", "", err
	}
	cmd := exec.Command("go", "test", "-v", "-count=1", "-vet=off", "-timeout="+limit, "-run=^("+f.Test+")$", ".")
	cmd.Dir = f.dir()
	// As a flag it would not hold for what the test builds. A missing tool is to
	// skip the test: its failure would look like a catch.
	cmd.Env = append(cmd.Environ(), "GOFLAGS="+os.Getenv("GOFLAGS")+" -ldflags=-w -overlay="+overlay, "ACCIO_LONG=", "ACCIO_REQUIRE=")
	out, err := cmd.CombinedOutput()
	if _, exit := err.(*exec.ExitError); err != nil && !exit {
		return "", "", err
	}
	return f.outcome(string(out), err == nil), string(out), nil
}

func (f Fault) outcome(text string, passed bool) Outcome {
	switch {
	case strings.Contains(text, "panic: test timed out after "):
		return Hung
	case passed && strings.Contains(text, "--- SKIP: "):
		return Skipped
	case passed:
		return Survived
	case !strings.Contains(text, "=== RUN   "):
		return Broken
	}
	for _, test := range f.tests() {
		if strings.Contains(text, "--- PASS: "+test+" ") || strings.Contains(text, "--- SKIP: "+test+" ") {
			return Survived
		}
	}
	return Caught
}

func (f Fault) dir() string {
	if f.Package == "" {
		return "."
	}
	return f.Package
}

// mutant returns the file with the fault.
func (f Fault) mutant() (string, error) {
	source, err := os.ReadFile(f.File)
	if err != nil {
		return "", err
	}
	if n := strings.Count(string(source), f.Old); n != 1 {
		return "", fmt.Errorf("%s has %d places like %q, want 1", f.File, n, f.Old)
	}
	if f.Old == f.New {
		return "", fmt.Errorf("%q is no change", f.Old)
	}
	return strings.Replace(string(source), f.Old, f.New, 1), nil
}
