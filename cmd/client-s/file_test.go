package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"accio/internal/clitest"
)

// How much is left of a file is how much lies behind where it stands; of what is
// no file, or has nothing there, it is not known.
func TestLeft(t *testing.T) {
	file, err := os.Create(filepath.Join(t.TempDir(), "file"))
	clitest.Check(t, err)
	defer file.Close()
	_, err = file.WriteString("hello")
	clitest.Check(t, err)
	pipe, _ := clitest.Pipe(t)
	for _, test := range []struct {
		file     *os.File
		at, want int64
	}{{file, 0, 5}, {file, 3, 2}, {file, 4, 1}, {file, 5, -1}, {file, 7, -1}, {pipe, 0, -1}} {
		if test.file == file {
			_, err := file.Seek(test.at, 0)
			clitest.Check(t, err)
		}
		info, err := test.file.Stat()
		clitest.Check(t, err)
		if got := left(test.file, info); got != test.want {
			t.Errorf("%s at %d: %d are left, wanted %d", info.Mode(), test.at, got, test.want)
		}
	}
}

// A trace destroys the file if it is the same one, under whatever name.
func TestOverwrites(t *testing.T) {
	t.Chdir(t.TempDir())
	clitest.Check(t, os.WriteFile("file", nil, 0o600))
	clitest.Check(t, os.WriteFile("other", nil, 0o600))
	clitest.Check(t, os.Link("file", "link"))
	for pair, want := range map[string]bool{
		"file file": true, "./file file": true, "link file": true, "other file": false, "nowhere file": false,
		os.DevNull + " " + os.DevNull: false, os.DevNull + " file": false, "file " + os.DevNull: false,
	} {
		trace, file, _ := strings.Cut(pair, " ")
		info, err := os.Stat(file)
		clitest.Check(t, err)
		if got := overwrites(trace, info); got != want {
			t.Errorf("%s: %t", pair, got)
		}
	}
}
