package cage

import (
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"accio/internal/require"
)

// Under bubblewrap only the directory of the program can be written, and signals
// reach it.
func TestSandbox(t *testing.T) {
	require.Tool(t, "bwrap")
	home := t.TempDir()
	script := filepath.Join(home, "script")
	if err := os.WriteFile(script, []byte("#!/bin/sh\ntrap 'echo got; exit 5' TERM\necho here >file && cat file\necho >\"$1\"/file || echo refused\nwhile :; do sleep 0.05; done\n"), 0o700); err != nil {
		t.Fatal(err)
	}
	p := run(t, Command{Args: []string{script, home}, Sandbox: true})
	if text := says(t, p, "refused\n"); !strings.HasPrefix(text, "here\n") {
		t.Errorf("it said %q", text)
	}
	if err := p.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	if got := wait(t, p); got.Code != 5 {
		t.Errorf("%+v", got)
	}
	if _, err := os.Stat(filepath.Join(home, "file")); !os.IsNotExist(err) {
		t.Error(err)
	}
}
