package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// What is wrong is said before anything is built.
func TestCommandLine(t *testing.T) {
	full := t.TempDir()
	if err := os.WriteFile(filepath.Join(full, "old"), nil, 0o644); err != nil {
		t.Fatal(err)
	}
	for line, want := range map[string]string{
		"":                                            "wanted -version and -out",
		"-version v1.2.0":                             "wanted -version and -out",
		"-version v1.2.0 -out d surplus":              "no arguments",
		"-version 1.2 -out d -commit c":               `--version "1.2": it must be like v1.2.0`,
		"-version v01.2.0 -out d -commit c":           `--version "v01.2.0": it must be like v1.2.0`,
		"-version v1.2.0-rc.01 -out d -commit c":      `it must be like v1.2.0`,
		"-version v1.2.0+1 -out d -commit c":          `it must be like v1.2.0`,
		"-version 1.2.0 -out d -commit c":             `it must be like v1.2.0`,
		"-version v90.0.1 -out d -commit c":           `CHANGELOG.md has no heading "## [90.0.1] - DATE"; to try a release, say v90.0.1-rc.1`,
		"-version v1.2.0 -out d --platform plan9/x":   `--platform "plan9/x" is none of`,
		"-version v1.2.0-rc.1 -commit c -out " + full: "is not empty: old",
		"-nonsense":                                   "unknown flag: --nonsense",
	} {
		t.Setenv("SOURCE_DATE_EPOCH", "1767323045")
		if err := run(strings.Fields(line)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %q", line, err, want)
		}
	}
	t.Setenv("SOURCE_DATE_EPOCH", "yesterday")
	if err := run(strings.Fields("-version v1.2.0-rc.1 -commit c -out d")); err == nil || !strings.Contains(err.Error(), `"yesterday" is not a time`) {
		t.Error(err)
	}
}

// A version that the changelog has is one, and so is one to try.
func TestNamed(t *testing.T) {
	source := t.TempDir()
	if err := os.WriteFile(filepath.Join(source, "CHANGELOG.md"), []byte("# Changelog\n\n## [Unreleased]\n\n## [1.2.0] - 2026-11-28\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	for version, want := range map[string]bool{"v1.2.0": true, "v1.2.1": false, "v1.2.1-rc.1": true, "v0.0.0-0": true} {
		if err := (&Release{Source: source, Version: version}).named(); (err == nil) != want {
			t.Errorf("%s: %v", version, err)
		}
	}
}

// What the installed files are called, where the systems differ.
func TestInstalled(t *testing.T) {
	for name, want := range map[string][2]string{
		"/usr/bin/accio":         {"/usr/bin/accio", "/usr/bin/accio"},
		"LICENSE":                {"/usr/share/doc/accio/copyright", "/usr/share/licenses/accio/LICENSE"},
		"docs/protocol.md":       {"/usr/share/doc/accio/docs/protocol.md", "/usr/share/doc/accio/docs/protocol.md"},
		"systemd/a@.service":     {"/usr/lib/systemd/system/a@.service", "/usr/lib/systemd/system/a@.service"},
		"completions/zsh/_accio": {"/usr/share/zsh/vendor-completions/_accio", "/usr/share/zsh/site-functions/_accio"},
	} {
		if got := [2]string{installed("deb", name), installed("rpm", name)}; got != want {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
}
