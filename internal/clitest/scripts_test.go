package clitest

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

func TestBuiltinsAreFound(t *testing.T) {
	taken, err := builtins([]string{"cmp", "logs", "skip", "stop", "halt"})
	if err != nil || !slices.Equal(taken, []string{"cmp", "skip", "stop"}) {
		t.Errorf("%q, %v", taken, err)
	}
}

func TestAScriptEndsWithItsLastLine(t *testing.T) {
	for script, right := range map[string]bool{
		"finished\n":                        true,
		"exec x\nfinished\n\n-- file --\nx": true,
		"-- file --\nfinished\n":            false,
		"":                                  false,
		"finished\nexec x\n":                false,
		"# finished\n":                      false,
		"exec unfinished\n":                 false,
	} {
		file := filepath.Join(t.TempDir(), "script.txtar")
		Check(t, os.WriteFile(file, []byte(script), 0o600))
		if err := lastLine(file); (err == nil) != right || err != nil && !strings.Contains(err.Error(), file) {
			t.Errorf("%q: %v", script, err)
		}
	}
}
