//go:build unix

package main

import (
	"fmt"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"

	"accio/internal/require"
)

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
