package control

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"iter"
	"net"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"accio/internal/clitest"
	"accio/internal/errno"
	"accio/protocol"
	"accio/transport"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// some is a server that has some connections in service, and refuses to end others.
type some []transport.Progress

var errNone = errors.New("there is none")

func (s some) Abort(n uint64) error {
	for _, p := range s {
		if p.Connection == n {
			return nil
		}
	}
	return fmt.Errorf("%w: %d", errNone, n)
}

func (s some) Serving() iter.Seq[transport.Progress] {
	return func(yield func(transport.Progress) bool) {
		for _, p := range s {
			if !yield(p) {
				return
			}
		}
	}
}

func open(t *testing.T, server Server) (path string) {
	t.Helper()
	path = filepath.Join(clitest.ShortDir(t), "c")
	ln, err := Listen(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	stop := ln.Serve(server)
	t.Cleanup(func() {
		stop()
		if _, err := os.Lstat(path); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("the socket is left: %v", err)
		}
	})
	return path
}

// Who says nothing keeps others from their answers for a second at most, and not the server
// from its end.
func TestSilentClients(t *testing.T) {
	path := filepath.Join(clitest.ShortDir(t), "c")
	ln, err := Listen(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	stop := ln.Serve(some{})
	for range most {
		c, err := net.Dial("unix", path)
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
	}
	if _, err := List(path); err != nil {
		t.Error(err)
	}
	began := time.Now()
	if stop(); time.Since(began) > patience/2 {
		t.Errorf("it took %s to end", time.Since(began))
	}
}

// Connections are listed in the order in which they came, and ended by number.
func TestListAndKill(t *testing.T) {
	path := open(t, some{
		{Connection: 12, State: protocol.Streaming, Bytes: 1 << 40, Started: time.Now().Add(-time.Hour), Silence: 3 * time.Second},
		{Connection: 7, State: protocol.AwaitConfirm1, Started: time.Now()},
	})
	all, err := List(path)
	if err != nil || len(all) != 2 || all[0].Connection != 7 || all[1].Connection != 12 {
		t.Fatalf("%+v, %v", all, err)
	}
	if c := all[1]; c.Remote != "local" || c.State != "Streaming" || c.Bytes != 1<<40 || c.Seconds < 3600 || c.Silent != 3 {
		t.Errorf("%+v", c)
	}
	if err := Kill(path, 7); err != nil {
		t.Error(err)
	}
	if err := Kill(path, 8); err == nil || err.Error() != "there is none: 8" {
		t.Errorf("%v", err)
	}
}

// Nobody else may connect, from the first moment on.
func TestTheSocketIsItsUsers(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("there are no modes")
	}
	info, err := os.Lstat(open(t, some{}))
	if err != nil || info.Mode() != fs.ModeSocket|0o600 {
		t.Errorf("%v, %v", info.Mode(), err)
	}
}

// What is no request is told what would be, and a client that says nothing, or too much,
// keeps nobody else from being answered.
func TestOtherRequests(t *testing.T) {
	path := open(t, some{})
	const wanted = "ERROR: wanted \"list\", or \"kill\" and the number of a connection\n"
	for request, want := range map[string]string{
		"list\n": "OK\n", "  list  \r\n": "OK\n", "kill\n": wanted, "kill 7 8\n": wanted, "kill -1\n": wanted, "\n": wanted, "shutdown\n": wanted,
		strings.Repeat("x", 1000) + "\n": "", "kill 1": "",
	} {
		c, err := net.Dial("unix", path)
		if err != nil {
			t.Fatal(err)
		}
		c.SetDeadline(time.Now().Add(4 * patience))
		if _, err := io.WriteString(c, request); err != nil {
			t.Error(err)
		}
		c.(*net.UnixConn).CloseWrite()
		if got, err := io.ReadAll(c); string(got) != want || err != nil && !errno.IsReset(err) {
			t.Errorf("%.20q: %q, %v", request, got, err)
		}
		c.Close()
	}
}

// A socket that is left from before is replaced; one that somebody listens on is not, nor
// is a file.
func TestWhatHasTheName(t *testing.T) {
	path := filepath.Join(clitest.ShortDir(t), "c")
	old, err := net.Listen("unix", path)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := Listen(t.Context(), path); !errno.IsInUse(err) {
		t.Errorf("one that somebody listens on: %v", err)
	}
	old.(*net.UnixListener).SetUnlinkOnClose(false)
	old.Close()
	ln, err := Listen(t.Context(), path)
	if err != nil {
		t.Fatalf("one that is left: %v", err)
	}
	ln.Close()
	if err := os.WriteFile(path, []byte("a file"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Listen(t.Context(), path); !errno.IsInUse(err) {
		t.Errorf("a file: %v", err)
	}
	if text, err := os.ReadFile(path); string(text) != "a file" {
		t.Errorf("%q, %v", text, err)
	}
}

// An answer that is not whole, or none of a server, is an error.
func TestAnswersThatAreNone(t *testing.T) {
	for answer, want := range map[string]string{
		"":                   "the answer is not whole",
		"{\"connection\":1}": "the answer is not whole",
		"hello\nOK\n":        `answers "hello", which is none of a connection`,
	} {
		path := filepath.Join(clitest.ShortDir(t), "c")
		ln, err := net.Listen("unix", path)
		if err != nil {
			t.Fatal(err)
		}
		go func() {
			c, err := ln.Accept()
			if err == nil {
				io.ReadFull(c, make([]byte, len("list\n")))
				io.WriteString(c, answer)
				c.Close()
			}
		}()
		if all, err := List(path); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, %v", answer, all, err)
		}
		ln.Close()
	}
}

// No socket is asked for: there is nothing to serve.
func TestNone(t *testing.T) {
	var none *Listener
	none.Close()
	none.Serve(some{})()
}
