//go:build unix

package main

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"accio/internal/require"
)

// The README's Python client, as it stands there, on a binary file of more than
// one buffer, and one that is empty.
func TestReadmesPythonClient(t *testing.T) {
	t.Parallel()
	python := require.Tool(t, "python3")
	readme, err := os.ReadFile("../../README.md")
	check(t, err)
	_, rest, found := strings.Cut(string(readme), "```python\n")
	program, _, ended := strings.Cut(rest, "```\n")
	if !found || !ended || strings.Contains(rest, "```python\n") {
		t.Fatal("README.md has not exactly one program in Python")
	}
	dir := t.TempDir()
	file, empty := filepath.Join(dir, "file"), filepath.Join(dir, "empty")
	check(t, os.WriteFile(file, bytes.Repeat([]byte("\x00\r\naccio\r\n\xff"), 100_000), 0o644))
	check(t, os.WriteFile(empty, nil, 0o644))
	s := startServer(t, nil)
	for _, name := range []string{file, empty} {
		out, err := exec.CommandContext(t.Context(), python, "-c", program, "127.0.0.1", fmt.Sprint(s.port), name).CombinedOutput()
		if err != nil || len(out) > 0 {
			t.Errorf("%v: %s", err, out)
		}
	}
	check(t, s.Stdout.Wait(`\A1100000\n0\n\z`))
	s.signal(t, syscall.SIGTERM)
	s.ends(t, 0)
}

// What people do with nc (docs/protocol.md §8.1, §8.2, §8.6), as the README
// has it.
func TestWithNetcat(t *testing.T) {
	t.Parallel()
	nc := require.Tool(t, "nc")
	if usage, _ := exec.Command(nc, "-h").CombinedOutput(); !strings.Contains(string(usage), "OpenBSD") {
		require.Missing(t, "nc", "this one is not OpenBSD's")
	}
	file := t.TempDir() + "/FILE"
	check(t, os.WriteFile(file, make([]byte, 123456), 0o644))
	s := startServer(t, nil)
	for _, line := range []string{
		`(printf 'confirm-accio\r\nconfirm-accio-again\r\n\r\n'; cat FILE) | nc -N localhost 5000`,
		`printf 'confirm-accio\n' | nc -N localhost 5000`,
		`nc -z localhost 5000`,
	} {
		line = strings.NewReplacer("FILE", file, "localhost", "127.0.0.1", "5000", fmt.Sprint(s.port)).Replace(line)
		cmd := exec.CommandContext(t.Context(), "sh", "-c", line)
		cmd.Env = append(os.Environ(), "LC_ALL=C")
		out, err := cmd.Output()
		if err != nil && len(out) == 0 {
			t.Errorf("%s: %v", line, err)
		}
	}
	check(t, s.Stdout.Wait(`\A123456\nERROR\nERROR\n\z`))
	check(t, s.Stderr.Wait("bare LF, wanted CR LF"))
	check(t, s.Stderr.Wait("port probe"))
	s.signal(t, syscall.SIGTERM)
	s.ends(t, 0)
}
