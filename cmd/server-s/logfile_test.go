package main

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"accio/internal/cli"
	"accio/internal/clitest"
)

// newLogFile returns a log file and what it tells when it cannot be written.
func newLogFile(t *testing.T) (l *logFile, told *int) {
	told = new(int)
	l, err := openLogFile(filepath.Join(t.TempDir(), "log"), slog.New(counting{slog.DiscardHandler, told}))
	clitest.Check(t, err)
	t.Cleanup(func() { l.file.Close() })
	return l, told
}

// counting counts what is logged.
type counting struct {
	slog.Handler
	n *int
}

func (counting) Enabled(context.Context, slog.Level) bool { return true }

func (c counting) Handle(context.Context, slog.Record) error {
	*c.n++
	return nil
}

func text(t *testing.T, name string) string {
	t.Helper()
	text, err := os.ReadFile(name)
	clitest.Check(t, err)
	return string(text)
}

// The file is appended to, nobody can execute it, and others cannot read it.
func TestLogFileIsAppendedTo(t *testing.T) {
	l, _ := newLogFile(t)
	info, err := l.file.Stat()
	clitest.Check(t, err)
	if mode := info.Mode().Perm(); mode&^0o640 != 0 && filepath.Separator == '/' {
		t.Errorf("its mode is %s", mode)
	}
	clitest.Check(t, os.WriteFile(l.name, []byte("old\n"), 0o600))
	io.WriteString(l, "new\n")
	if got := text(t, l.name); got != "old\nnew\n" {
		t.Errorf("%q", got)
	}
}

// Every line is in the file that had the name when it was written (§6.17).
func TestLogFileIsReopened(t *testing.T) {
	l, told := newLogFile(t)
	io.WriteString(l, "a\n")
	clitest.Check(t, os.Rename(l.name, l.name+".1"))
	io.WriteString(l, "b\n")
	clitest.Check(t, l.swap())
	io.WriteString(l, "c\n")
	if err := l.swap(); !errors.Is(err, errSameLog) {
		t.Errorf("%v, wanted %v", err, errSameLog)
	}
	io.WriteString(l, "d\n")
	clitest.Check(t, os.Rename(l.name, l.name+".2"))
	clitest.Check(t, os.Mkdir(l.name, 0o700))
	if err := l.swap(); err == nil {
		t.Error("a directory was opened")
	}
	io.WriteString(l, "e\n")
	if one, two := text(t, l.name+".1"), text(t, l.name+".2"); one != "a\nb\n" || two != "c\nd\ne\n" || *told != 0 {
		t.Errorf("%q, %q, told %d times", one, two, *told)
	}
}

// What cannot be written is told once, until it can, and counted where it is missing (§6.17).
func TestLogFileThatCannotBeWritten(t *testing.T) {
	l, told := newLogFile(t)
	c := &console{out: cli.NewOutput(l), columns: func() int { return 0 }, file: l}
	t.Cleanup(func() { c.out.Close() })
	for range 2 {
		good := l.file
		broken, err := os.Open(l.name) // for reading only
		clitest.Check(t, err)
		l.file = broken
		for range 3 {
			io.WriteString(c, "lost\n")
		}
		clitest.Check(t, broken.Close())
		l.file = good
		io.WriteString(c, "kept\n")
	}
	want := strings.Repeat(`[\d:T.Z+-]+ WARN 3 lines are missing here: the log could not be written\nkept\n`, 2)
	if got := text(t, l.name); !regexp.MustCompile(`\A`+want+`\z`).MatchString(got) || *told != 2 {
		t.Errorf("told %d times: %s", *told, got)
	}
}
