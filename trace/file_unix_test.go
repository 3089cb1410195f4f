//go:build linux || darwin

package trace

import (
	"errors"
	"os"
	"strings"
	"syscall"
	"testing"
)

// large is more than package testing writes to a file of its own, which has the
// limit of a test too.
const large = 4 << 20

// What a file cannot take whole is taken back, to the byte (docs/trace.md).
func TestWholeConnectionsOnly(t *testing.T) {
	for _, room := range []uint64{100, 1, 0} {
		name := t.TempDir() + "/trace"
		f := opened(t)(Create(name))
		serveOne(t, f, 1)
		ok(t, os.Truncate(name, large))
		want := read(t, name)
		within(t, syscall.RLIMIT_FSIZE, large+room)
		for range 2 {
			for _, tr := range session {
				f.Transition(tr)
			}
			err := f.End(End{1, "500", 500, 60000})
			if !errors.Is(err, syscall.EFBIG) || strings.Contains(err.Error(), "is left in it") {
				t.Error(err)
			}
			if text := read(t, name); text != want {
				t.Errorf("the trace has %d bytes, not the %d of before", len(text), len(want))
			}
		}
		n, err := whole{f.file}.Write(make([]byte, 200))
		if n != 0 || !errors.Is(err, syscall.EFBIG) || read(t, name) != want {
			t.Errorf("%d, %v", n, err)
		}
	}
}

// within sets a limit of the process until the test ends.
func within(t *testing.T, resource int, cur uint64) {
	t.Helper()
	var before syscall.Rlimit
	ok(t, syscall.Getrlimit(resource, &before))
	few := before
	few.Cur = cur
	ok(t, syscall.Setrlimit(resource, &few))
	t.Cleanup(func() { syscall.Setrlimit(resource, &before) })
}

// A named pipe takes a trace as it is, and is not waited for longer than
// Patience when its reader no longer reads.
func TestNamedPipe(t *testing.T) {
	name := t.TempDir() + "/pipe"
	ok(t, syscall.Mkfifo(name, 0o600))
	reader, err := os.OpenFile(name, os.O_RDONLY|syscall.O_NONBLOCK, 0)
	ok(t, err)
	defer reader.Close()
	opened(t)(Append(name))
	f := opened(t)(Create(name))
	serveOne(t, f, 1)
	text := make([]byte, 1<<16)
	n, err := reader.Read(text)
	ok(t, err)
	if report := check(t, string(text[:n])); len(report.Violations) > 0 || report.Connections != 1 {
		t.Errorf("%+v", report)
	}
	if n, err := (whole{f.file}).Write([]byte("x")); n != 1 || err != nil {
		t.Errorf("%d, %v", n, err)
	}
	n, err = whole{f.file}.Write(make([]byte, 1<<20))
	if n == 0 || !errors.Is(err, os.ErrDeadlineExceeded) || strings.Contains(err.Error(), "is left in it") {
		t.Errorf("%d, %v", n, err)
	}
}

// A pipe that nobody reads says so; a device that is not there is none.
func TestNobodyBehindAName(t *testing.T) {
	name := t.TempDir() + "/pipe"
	ok(t, syscall.Mkfifo(name, 0o600))
	for _, open := range []func(string) (*File, error){Create, Append} {
		if _, err := open(name); !errors.Is(err, syscall.ENXIO) || !strings.HasSuffix(err.Error(), "; nobody reads that named pipe, start its reader first") {
			t.Error(err)
		}
	}
	for _, name := range []string{t.TempDir(), "/nowhere/tty"} {
		if text := nobody(name); !strings.HasPrefix(text, "nothing is behind that device; ") {
			t.Errorf("%s: %s", name, text)
		}
	}
}
