package main

import (
	"io"
	"os/exec"
	"strings"
	"testing"

	"accio/internal/clitest"
)

// A terminal has a bar, which fits it, unless it is told otherwise or what is
// sent is typed there; what is no terminal has none.
func TestBarOnATerminal(t *testing.T) {
	t.Parallel()
	const bar = "\x1b[0K\r\n"
	for _, test := range []struct {
		progress      string
		stderr, stdin bool // is the terminal
		want          bool
	}{
		{"auto", true, false, true},
		{"auto", true, true, false},
		{"auto", false, true, false},
		{"never", true, false, false},
		{"always", true, true, true},
	} {
		terminal, screen := clitest.Terminal(t, 43)
		if n := columns(terminal); n != 43 {
			t.Errorf("%d columns, wanted 43", n)
		}
		r, w := pipe(t)
		cmd := exec.Command("client-s", "--progress", test.progress)
		cmd.Stdin = r
		if test.stdin {
			cmd.Stdin = terminal
		}
		if test.stderr {
			cmd.Stderr = terminal
		}
		p, c := startCommand(t, cmd)
		talk(t, c, header...)
		if test.stdin {
			w = screen
		}
		_, err := io.WriteString(w, "hello\n")
		check(t, err)
		talk(t, c, `<hello\n`)
		if test.stdin {
			_, err = io.WriteString(w, "\x04") // the end, at the beginning of a line
			check(t, err)
		} else {
			check(t, w.Close())
		}
		talk(t, c, "eof", "close")
		status, err := p.Wait()
		check(t, err)
		check(t, terminal.Close())
		text, _ := io.ReadAll(screen) // the end is an error
		got := strings.Contains(string(text)+p.Stderr.String(), bar)
		if status != 0 || got != test.want {
			t.Errorf("%+v: exit status %d, a bar %t: %q, %q", test, status, got, text, &p.Stderr)
		}
	}
}
