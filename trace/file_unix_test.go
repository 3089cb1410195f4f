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
const large = 16 << 20

// What a file cannot take whole is taken back, to the byte (docs/trace.md).
func TestWholeConnectionsOnly(t *testing.T) {
	name := t.TempDir() + "/trace"
	f := opened(t)(Create(name))
	serveOne(t, f, 1)
	ok(t, os.Truncate(name, large))
	want := read(t, name)
	var limit syscall.Rlimit
	ok(t, syscall.Getrlimit(syscall.RLIMIT_FSIZE, &limit))
	few := limit
	few.Cur = large + 100
	ok(t, syscall.Setrlimit(syscall.RLIMIT_FSIZE, &few))
	defer syscall.Setrlimit(syscall.RLIMIT_FSIZE, &limit)
	for range 2 {
		for _, tr := range session {
			f.Transition(tr)
		}
		err := f.End(End{2, "500", 500, 60000})
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
