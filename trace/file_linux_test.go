package trace

import (
	"errors"
	"fmt"
	"os"
	"runtime/debug"
	"strings"
	"syscall"
	"testing"

	"golang.org/x/sys/unix"
)

// sealed returns the name of a regular file that can grow and not shrink, and
// what it has.
func sealed(t *testing.T, text string) string {
	t.Helper()
	fd, err := unix.MemfdCreate("trace", unix.MFD_ALLOW_SEALING)
	ok(t, err)
	t.Cleanup(func() { unix.Close(fd) })
	_, err = unix.Write(fd, []byte(text))
	ok(t, err)
	_, err = unix.FcntlInt(uintptr(fd), unix.F_ADD_SEALS, unix.F_SEAL_SHRINK)
	ok(t, err)
	return fmt.Sprintf("/proc/self/fd/%d", fd)
}

// A file that cannot be emptied is no new trace.
func TestTraceThatCannotBeEmptied(t *testing.T) {
	if _, err := Create(sealed(t, "x")); !errors.Is(err, unix.EPERM) {
		t.Error(err)
	}
}

// A part that cannot be taken back is told (docs/trace.md).
func TestWhatCannotBeTakenBackIsTold(t *testing.T) {
	name := sealed(t, strings.Repeat("x", large))
	file, _, err := open(name)
	ok(t, err)
	defer file.Close()
	within(t, syscall.RLIMIT_FSIZE, large+100)
	n, err := whole{file}.Write(make([]byte, 200))
	if n != 100 || !errors.Is(err, unix.EFBIG) || !errors.Is(err, unix.EPERM) || !strings.Contains(err.Error(), "; a part of a connection is left in it: ") {
		t.Errorf("%d, %v", n, err)
	}
}

// Neither a trace that is refused nor one that is closed leaves a descriptor.
func TestDescriptorsOfTraces(t *testing.T) {
	defer debug.SetGCPercent(debug.SetGCPercent(-1)) // the collector closes files too
	name := t.TempDir() + "/trace"
	count := func() int {
		entries, err := os.ReadDir("/proc/self/fd")
		ok(t, err)
		return len(entries)
	}
	before := count()
	f, err := Create(name)
	ok(t, err)
	for _, open := range []func(string) (*File, error){Create, Append} {
		if _, err := open(name); !errors.Is(err, ErrInUse) {
			t.Error(err)
		}
	}
	ok(t, f.Close())
	ok(t, os.WriteFile(name, []byte("x"), 0o600))
	if _, err := Append(name); err == nil {
		t.Error("it was appended to")
	}
	ok(t, os.Truncate(name, 0))
	f, err = Append(name)
	ok(t, err)
	ok(t, f.Close())
	if _, err := Create(sealed(t, "x")); err == nil {
		t.Error("it was emptied")
	}
	if n := count(); n != before+1 {
		t.Errorf("%d descriptors, and %d before, one of them of the sealed file", n, before+1)
	}
}

// A trace of which the end cannot be read is not appended to.
func TestAppendNeedsTwoDescriptors(t *testing.T) {
	name := t.TempDir() + "/trace"
	next, err := unix.Dup(0)
	ok(t, err)
	ok(t, unix.Close(next))
	within(t, syscall.RLIMIT_NOFILE, uint64(next)+1)
	if _, err := Append(name); !errors.Is(err, unix.EMFILE) {
		t.Error(err)
	}
}

// A trace goes on in a pipe that somebody reads, and where nothing can be written it does not.
func TestContinueWithoutAFile(t *testing.T) {
	name := t.TempDir() + "/pipe"
	f := opened(t)(Create(name + "-before"))
	serveOne(t, f, 1)
	if _, err := f.Continue("/dev/full", 2); !errors.Is(err, unix.ENOSPC) {
		t.Errorf("%v, wanted that nothing can be written", err)
	}
	ok(t, unix.Mkfifo(name, 0o600))
	reader, err := os.OpenFile(name, os.O_RDWR, 0)
	ok(t, err)
	defer reader.Close()
	next := opened(t)(f.Continue(name, 2))
	defer next.Close()
	text := make([]byte, 200)
	n, err := reader.Read(text)
	if err != nil || !strings.HasSuffix(string(text[:n]), `,"first":2}`+"\n") {
		t.Errorf("%q, %v", text[:n], err)
	}
}
