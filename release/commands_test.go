package main

import (
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// A command is one that has a --help.
type command struct {
	line  string   // such as "accio conform server"
	flags []string // with their dashes
}

var (
	flagOfHelp    = regexp.MustCompile(`(?m)^  (?:(-\w), |    )(--[a-z-]+)`)
	commandOfHelp = regexp.MustCompile(`(?m)^  ([a-z]+)  `)
)

// commands asks every program, and every command of it, for its help.
func (m *made) commands(t *testing.T) (all []command) {
	t.Helper()
	var ask func(line string)
	ask = func(line string) {
		words := strings.Fields(line)
		out, err := exec.Command(filepath.Join(m.dir, words[0]), append(words[1:], "--help")...).Output()
		if err != nil {
			t.Fatalf("%s --help: %v", line, err)
		}
		c := command{line: line}
		for _, found := range flagOfHelp.FindAllStringSubmatch(string(out), -1) {
			c.flags = append(c.flags, found[2])
		}
		if !slices.Contains(c.flags, "--help") {
			t.Fatalf("%s --help has the flags %q", line, c.flags)
		}
		all = append(all, c)
		if _, list, ok := strings.Cut(string(out), "Available Commands:\n"); ok {
			list, _, _ = strings.Cut(list, "\n\n")
			for _, found := range commandOfHelp.FindAllStringSubmatch(list, -1) {
				ask(line + " " + found[1])
			}
		}
	}
	for _, program := range programs {
		ask(program)
	}
	if len(all) < 19 {
		t.Errorf("found only %d commands", len(all))
	}
	return all
}

// output runs a tool, which must say nothing on standard error, and returns what it
// prints.
func output(t *testing.T, c *exec.Cmd) string {
	t.Helper()
	var stderr strings.Builder
	c.Stderr = &stderr
	out, err := c.Output()
	if err != nil || stderr.Len() > 0 {
		t.Fatalf("%s: %v\n%s%s", strings.Join(c.Args, " "), err, out, &stderr)
	}
	return string(out)
}
