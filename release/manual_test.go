package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"accio/internal/require"
)

func (m *made) pages(t *testing.T) []string {
	t.Helper()
	found, err := filepath.Glob(filepath.Join(m.dir, manDir, "*.1"))
	if err != nil {
		t.Fatal(err)
	}
	return found
}

// Each command has a page, and each of its flags is on it.
func TestEveryFlagIsInTheManual(t *testing.T) {
	m := makeOnce(t)
	commands, flags := m.commands(t), 0
	for _, c := range commands {
		page, err := os.ReadFile(filepath.Join(m.dir, manDir, strings.ReplaceAll(c.line, " ", "-")+".1"))
		if err != nil {
			t.Error(err)
			continue
		}
		text := strings.ReplaceAll(string(page), `\-`, "-")
		for _, f := range c.flags {
			flags++
			if !strings.Contains(text, `\fB`+f+`\fR`) {
				t.Errorf("%s has %s, and its page has not", c.line, f)
			}
		}
	}
	require.Ran(t, "pages", len(m.pages(t)), len(commands))
	if flags < 100 {
		t.Errorf("looked for only %d flags", flags)
	}
	for _, page := range []string{"server-s", "client-s"} {
		text, err := os.ReadFile(filepath.Join(m.dir, manDir, page+".1"))
		for _, want := range []string{"NAME", "SYNOPSIS", "DESCRIPTION", "OPTIONS", "EXIT STATUS", "EXAMPLES", "SEE ALSO"} {
			if err != nil || strings.Count(strings.ReplaceAll(string(text), `"`, ""), ".SH "+want+"\n") != 1 {
				t.Errorf("%s: not one section %s: %v", page, want, err)
			}
		}
	}
}

// Two formatters have nothing to say against the pages.
func TestManualIsRight(t *testing.T) {
	m := makeOnce(t)
	for _, test := range []struct {
		tool string
		args []string
	}{
		{"mandoc", []string{"-Tlint", "-Wwarning"}},
		{"man", []string{"--warnings=w", "--local-file", "-Tutf8", "-P", "cat"}},
	} {
		t.Run(test.tool, func(t *testing.T) {
			path, pages := require.Tool(t, test.tool), m.pages(t)
			for _, page := range pages {
				out := output(t, exec.Command(path, append(test.args, page)...))
				if test.tool == "mandoc" && out != "" || test.tool == "man" && !strings.Contains(out, "help") {
					t.Errorf("%s: %s", page, out)
				}
			}
			if len(pages) < 19 {
				t.Errorf("tried only %d pages", len(pages))
			}
		})
	}
}
