package main

import (
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"

	"accio/internal/clitest"
	"accio/transport"
)

// The service manager is told what the server does, from ready to stopping, and that it
// goes round (§6.15).
func TestServiceManagerIsTold(t *testing.T) {
	t.Parallel()
	dir := clitest.ShortDir(t)
	for name, path := range map[string]string{"path": filepath.Join(dir, "notify"), "abstract": "@" + dir} {
		t.Run(name, func(t *testing.T) { t.Parallel(); managerIsTold(t, path) })
	}
}

// manager is a service manager's socket.
type manager struct{ *net.UnixConn }

func newManager(t *testing.T, path string) manager {
	c, err := net.ListenUnixgram("unixgram", &net.UnixAddr{Name: path})
	check(t, err)
	t.Cleanup(func() { c.Close() })
	c.SetReadDeadline(time.Now().Add(20 * time.Second))
	return manager{c}
}

// hear waits for a message that matches, which is not behind one that says more than how
// things are.
func (m manager) hear(t *testing.T, want string) {
	t.Helper()
	for text := make([]byte, 4096); ; {
		n, err := m.Read(text)
		check(t, err)
		if regexp.MustCompile(want).Match(text[:n]) {
			return
		}
		if strings.Contains(string(text[:n]), "READY") || strings.Contains(string(text[:n]), "STOPPING") {
			t.Fatalf("heard %q, wanted %s", text[:n], want)
		}
	}
}

func managerIsTold(t *testing.T, path string) {
	manager := newManager(t, path)
	hear := func(want string) { t.Helper(); manager.hear(t, want) }
	ln, f := shared(t, "tcp4", "127.0.0.1:0")
	s := activate(t, []*os.File{f}, []string{"NOTIFY_SOCKET=" + path, "WATCHDOG_USEC=300000"})
	hear(`^READY=1\nSTATUS=0 in service, 0 served, of which 0 ERROR, 0 B\nWATCHDOG=1$`)
	check(t, talkTo("tcp4", ln.Addr().String(), 5000))
	hear(`\nSTATUS=0 in service, 1 served, of which 0 ERROR, 4\.9 KiB\nWATCHDOG=1$`)
	c, err := net.Dial("tcp4", ln.Addr().String())
	check(t, err)
	hear(`\nSTATUS=1 in service, 1 served, `)
	c.Close()
	hear(`\nSTATUS=0 in service, 2 served, of which 1 ERROR, `)
	s.signal(t, syscall.SIGTERM)
	hear(`^STOPPING=1$`)
	s.ends(t, 0)
	if strings.HasPrefix(path, "@") && strings.Contains(s.Stderr.String(), " landlock=") && !strings.Contains(s.Stderr.String(), "abstract Unix sockets") {
		t.Errorf("it says to be confined where it is not: %s", &s.Stderr)
	}
}

// full returns the end for writing of a pipe that has room for nothing, and the other.
func full(t *testing.T) (w, r *os.File) {
	r, w, err := os.Pipe()
	check(t, err)
	t.Cleanup(func() { r.Close(); w.Close() })
	for text := make([]byte, 4096); err == nil; {
		w.SetWriteDeadline(time.Now().Add(50 * time.Millisecond))
		_, err = w.Write(text)
	}
	if !errors.Is(err, os.ErrDeadlineExceeded) {
		t.Fatal(err)
	}
	return w, r
}

// A server that waits for whoever reads its results says so, and is not taken for one that
// hangs (§6.15).
func TestServiceManagerIsToldOfABlockedOutput(t *testing.T) {
	t.Parallel()
	path := filepath.Join(clitest.ShortDir(t), "notify")
	manager := newManager(t, path)
	w, r := full(t)
	s := startServer(t, func(cmd *exec.Cmd, _ *clitest.Process) {
		cmd.Env = append(os.Environ(), "NOTIFY_SOCKET="+path, "WATCHDOG_USEC=300000")
		cmd.Stdout = w
	})
	manager.hear(t, `^READY=1\n`)
	c := s.client(t, header, ">xyz", "end")
	manager.hear(t, `^STATUS=standard output has been blocked for [1-9]\d*s, 0 in service, 1 served, of which 0 ERROR, 3 B\nWATCHDOG=1$`)
	go io.Copy(io.Discard, r)
	talk(t, c, turn, "eof")
	manager.hear(t, `\nSTATUS=0 in service, 1 served, of which 0 ERROR, 3 B\nWATCHDOG=1$`)
	s.signal(t, syscall.SIGTERM)
	manager.hear(t, `^STOPPING=1$`)
	s.ends(t, 0)
}

// While a result is being written the watchdog is told, and that it is blocked once that
// has lasted (§6.9, §6.15).
func TestBlockedForSoLong(t *testing.T) {
	traffic := &traffic{server: new(transport.Server)}
	for long, want := range map[time.Duration]string{
		1:                   "",
		blockedPatience - 1: "",
		blockedPatience:     "STATUS=standard output has been blocked for 1s, 0 in service, 0 served, of which 0 ERROR, 0 B",
		90 * time.Second:    "STATUS=standard output has been blocked for 1m30s, 0 in service, 0 served, of which 0 ERROR, 0 B",
	} {
		if got := traffic.blockedFor(long); got != want {
			t.Errorf("%s: %q, want %q", long, got, want)
		}
	}
}

// A server that ends as soon as it is ready says both, in this order (§6.15).
func TestServiceManagerIsToldOfAShortLife(t *testing.T) {
	t.Parallel()
	path := filepath.Join(clitest.ShortDir(t), "notify")
	manager := newManager(t, path)
	ln, f := shared(t, "tcp4", "127.0.0.1:0")
	for range 40 {
		c, err := net.Dial("tcp4", ln.Addr().String())
		check(t, err)
		check(t, c.Close())
		s := activate(t, []*os.File{f}, []string{"NOTIFY_SOCKET=" + path}, "--once")
		manager.hear(t, `^READY=1\n`)
		manager.hear(t, `^STOPPING=1$`)
		s.ends(t, 0)
	}
}

// A service manager that reads nothing keeps the server neither from serving nor from
// ending (§6.15).
func TestServiceManagerThatDoesNotRead(t *testing.T) {
	t.Parallel()
	path := filepath.Join(clitest.ShortDir(t), "notify")
	newManager(t, path)
	for more := true; more; { // each sender has room for so many, and so has the queue
		c, err := net.Dial("unixgram", path)
		check(t, err)
		defer c.Close()
		more = false
		for err == nil {
			c.SetWriteDeadline(time.Now().Add(50 * time.Millisecond))
			if _, err = c.Write([]byte("x")); err == nil {
				more = true
			}
		}
		if !errors.Is(err, os.ErrDeadlineExceeded) {
			t.Fatal(err)
		}
	}
	s := startServer(t, func(cmd *exec.Cmd, _ *clitest.Process) {
		cmd.Env = append(os.Environ(), "NOTIFY_SOCKET="+path, "WATCHDOG_USEC=3000")
	})
	for n := range 3 {
		check(t, talkTo("tcp4", fmt.Sprintf("127.0.0.1:%d", s.port), n))
	}
	s.signal(t, syscall.SIGTERM)
	s.ends(t, 0)
	if got := s.Stdout.String(); got != "0\n1\n2\n" {
		t.Errorf("standard output %q", got)
	}
}
