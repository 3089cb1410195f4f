package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// What the packages ask of systemd, and that they ask nothing where it does not run, or the
// package is for another root.
func TestScripts(t *testing.T) {
	const (
		reload  = "daemon-reload\n"
		restart = "--no-block try-restart accio-server.service accio-server@*.service\n"
		stop    = "stop accio-server.socket accio-server.service accio-server@*.service\ndisable accio-server.socket accio-server.service accio-server@.service\n"
	)
	dir := t.TempDir()
	asked, running := filepath.Join(dir, "asked"), filepath.Join(dir, "running")
	if err := os.WriteFile(filepath.Join(dir, "systemctl"), []byte("#!/bin/sh\necho \"$*\" >>'"+asked+"'\nexit 1\n"), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir(running, 0o755); err != nil {
		t.Fatal(err)
	}
	ask := func(script, system, root string, args ...string) string {
		t.Helper()
		os.Remove(asked)
		text, err := scripts.ReadFile("scripts/" + script)
		if err != nil {
			t.Fatal(err)
		}
		c := exec.Command("/bin/sh", append([]string{"-c", strings.ReplaceAll(string(text), "/run/systemd/system", system), script}, args...)...)
		c.Env = []string{"PATH=" + dir + ":" + os.Getenv("PATH"), "DPKG_ROOT=" + root}
		if out, err := c.CombinedOutput(); err != nil || len(out) > 0 {
			t.Errorf("%s %q: %v\n%s", script, args, err, out)
		}
		said, _ := os.ReadFile(asked)
		return string(said)
	}
	for line, want := range map[string]string{
		"installed.sh configure":         reload,
		"installed.sh configure 1.1.0-1": reload + restart,
		"installed.sh 1":                 reload,
		"installed.sh 2":                 reload + restart,
		"removing.sh remove":             stop,
		"removing.sh upgrade 1.3.0-1":    "",
		"removing.sh 0":                  stop,
		"removing.sh 1":                  "",
		"removed.sh remove":              reload,
		"removed.sh 1":                   reload,
	} {
		words := strings.Fields(line)
		if got := ask(words[0], running, "", words[1:]...); got != want {
			t.Errorf("%s asks %q, want %q", line, got, want)
		}
		if got := ask(words[0], filepath.Join(dir, "none"), "", words[1:]...) + ask(words[0], running, "/elsewhere", words[1:]...); got != "" {
			t.Errorf("%s without systemd, or for another root, asks %q", line, got)
		}
	}
}
