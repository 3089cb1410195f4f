package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"accio/internal/require"
)

// A shell completes command lines: its script prints each candidate in a line of its
// own, after a line "== LINE" for each of them. In begin, source and line the words
// in braces are replaced.
type shell struct {
	name                string
	args                []string
	begin, source, line string
}

var shells = []shell{{
	name: "bash", args: []string{"--norc", "--noprofile"},
	begin:  `source /usr/share/bash-completion/bash_completion; COMP_TYPE=9; COMP_KEY=9; compopt() { :; }`,
	source: `source "$dir/completions/bash/{program}"; complete -p {program} >/dev/null || exit 1`,
	line: `COMP_WORDS=({words}); COMP_CWORD=$(({number} - 1)); COMP_LINE='{line}'; COMP_POINT=${#COMP_LINE}; COMPREPLY=()
__start_{program} {program}; printf '%s\n' "${COMPREPLY[@]}"`,
}, {
	name: "zsh", args: []string{"-f"},
	begin:  `compdef() { :; }; _describe() { print -rl -- "${completions[@]}"; }; _arguments() { :; }`,
	source: `source "$dir/completions/zsh/_{program}"`,
	line:   `words=({words}); CURRENT={number}; _{program}`,
}, {
	name: "fish", args: []string{"--no-config"},
	source: `source "$dir/completions/fish/{program}.fish"`,
	line:   `complete -C '{line}'`,
}}

// complete returns the candidates for each line.
func (s *shell) complete(t *testing.T, m *made, lines []string) map[string][]string {
	t.Helper()
	path := require.Tool(t, s.name)
	script := s.begin + "\n"
	for _, program := range programs {
		script += strings.ReplaceAll(s.source, "{program}", program) + "\n"
	}
	for _, line := range lines {
		words := strings.Split(line, " ")
		script += strings.NewReplacer("{program}", words[0], "{words}", "'"+strings.Join(words, "' '")+"'", "{number}", strconv.Itoa(len(words)), "{line}", line).
			Replace("echo '== {line}'\n" + s.line + "\n")
	}
	file := filepath.Join(t.TempDir(), "script")
	if err := os.WriteFile(file, []byte(script), 0o644); err != nil {
		t.Fatal(err)
	}
	c := exec.Command(path, append(s.args, file)...)
	c.Env = append(os.Environ(), "dir="+m.dir, "PATH="+m.dir+":"+os.Getenv("PATH"), "HOME="+t.TempDir())
	c.Dir = t.TempDir()
	got, now := map[string][]string{}, ""
	for _, line := range strings.Split(strings.TrimSpace(output(t, c)), "\n") {
		if about, ok := strings.CutPrefix(line, "== "); ok {
			now = about
			got[now] = nil
		} else if words := strings.FieldsFunc(line, func(r rune) bool { return r == ' ' || r == '\t' || r == ':' }); len(words) > 0 {
			got[now] = append(got[now], words[0])
		}
	}
	return got
}

// Each shell completes every flag of every command, and the words of values.
func TestEveryFlagIsCompleted(t *testing.T) {
	m := makeOnce(t)
	commands := m.commands(t)
	values := map[string]string{
		"server-s --log-format ":    "json text",
		"server-s --concurrency ":   "max",
		"server-s --progress a":     "always auto",
		"client-s --progress n":     "never",
		"accio tr":                  "trace",
		"accio learn ":              "client server",
		"accio conform batch serve": "server",
	}
	for _, s := range shells {
		t.Run(s.name, func(t *testing.T) {
			if _, err := os.Stat("/usr/share/bash-completion/bash_completion"); s.name == "bash" && err != nil {
				require.Missing(t, "bash-completion", err.Error())
			}
			var lines []string
			for _, c := range commands {
				lines = append(lines, c.line+" --")
			}
			for line := range values {
				lines = append(lines, line)
			}
			got, flags := s.complete(t, m, lines), 0
			for _, c := range commands {
				for _, f := range c.flags {
					flags++
					if !slices.Contains(got[c.line+" --"], f) {
						t.Errorf("%s -- does not give %s, but %q", c.line, f, got[c.line+" --"])
						break
					}
				}
			}
			for line, want := range values {
				slices.Sort(got[line])
				if got := strings.Join(got[line], " "); got != want {
					t.Errorf("%q gives %q, want %q", line, got, want)
				}
			}
			require.Ran(t, "lines", len(got), len(lines))
			if flags < 100 {
				t.Errorf("looked for only %d flags", flags)
			}
		})
	}
}
