package main

import (
	"bytes"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// Another person, elsewhere and in another zone, builds the same bytes.
func TestReproducible(t *testing.T) {
	m := makeOnce(t)
	elsewhere := filepath.Join(t.TempDir(), "another place")
	if err := copyTree(elsewhere, m.Source); err != nil {
		t.Fatal(err)
	}
	// Times and modes of the files are not those of the first.
	err := filepath.WalkDir(elsewhere, func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		if err := os.Chmod(name, 0o600); err != nil {
			return err
		}
		return os.Chtimes(name, time.Unix(1, 0), time.Unix(1, 0))
	})
	if err != nil {
		t.Fatal(err)
	}
	for name, value := range map[string]string{
		"USER": "somebody", "LOGNAME": "somebody", "TZ": "Asia/Kathmandu", "LC_ALL": "C", "SOURCE_DATE_EPOCH": "1",
		"GOFLAGS": "-tags=portable", "CGO_ENABLED": "1", "GOAMD64": "v2",
	} {
		t.Setenv(name, value)
	}
	again, err := release(elsewhere, t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	entries, err := os.ReadDir(m.Out)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		first, err := os.ReadFile(filepath.Join(m.Out, e.Name()))
		if err != nil {
			t.Fatal(err)
		}
		second, err := os.ReadFile(filepath.Join(again.Out, e.Name()))
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(first, second) {
			t.Errorf("%s is not the same: %d and %d bytes", e.Name(), len(first), len(second))
		}
	}
	if got := names(t, again.Out); len(entries) != 6 || len(got) != 6 {
		t.Errorf("compared %d files with %d, want 6: %s", len(entries), len(got), got)
	}
}

// Nothing tells where and by whom it was built.
func TestTellsNothingOfTheBuilder(t *testing.T) {
	m := makeOnce(t)
	host, err := os.Hostname()
	if err != nil {
		t.Fatal(err)
	}
	files := 0
	err = filepath.WalkDir(m.dir, func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		files++
		data, err := os.ReadFile(name)
		if err != nil {
			return err
		}
		// Short names of machines are words like others.
		for _, secret := range []string{shared, m.Source, host} {
			if len(secret) > 8 && bytes.Contains(data, []byte(secret)) {
				t.Errorf("%s has %q", name, secret)
			}
		}
		return nil
	})
	if err != nil || files < 30 {
		t.Errorf("looked at %d files: %v", files, err)
	}
	for _, name := range names(t, m.Out) {
		data, err := os.ReadFile(filepath.Join(m.Out, name))
		if err != nil || strings.HasSuffix(name, ".rpm") && len(host) > 8 && bytes.Contains(data, []byte(host)) {
			t.Errorf("%s has %q: %v", name, host, err)
		}
	}
}

func names(t *testing.T, dir string) (all []string) {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		all = append(all, e.Name())
	}
	return all
}
