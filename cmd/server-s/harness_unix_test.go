//go:build unix

package main

import (
	"net"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"accio/internal/clitest"
	"accio/protocol"
)

var (
	check = clitest.Check
	talk  = clitest.MustTalk
	pipe  = clitest.Pipe
	fill  = clitest.Fill
)

// turn comes when the header has been taken.
var header, turn = clitest.Early(&protocol.Server)

type server struct {
	*clitest.Process
	port int
}

// startServer starts a server with these flags and no others, and waits until
// it listens. Adjust, if not nil, may give the command other outputs; its
// standard error must be recorded.
func startServer(t *testing.T, adjust func(*exec.Cmd, *clitest.Process), flags ...string) *server {
	t.Helper()
	s := new(server)
	var err error
	s.Process, s.port, err = listening(flags, func(cmd *exec.Cmd) (*clitest.Process, error) {
		p := new(clitest.Process)
		if adjust != nil {
			adjust(cmd, p)
		}
		if err := p.Start(cmd); err != nil {
			return nil, err
		}
		t.Cleanup(p.Kill)
		return p, nil
	})
	check(t, err)
	return s
}

// startTraced is startServer with a trace, which is checked after the test.
func startTraced(t *testing.T, adjust func(*exec.Cmd, *clitest.Process), flags ...string) (s *server, trace string) {
	t.Helper()
	trace = filepath.Join(t.TempDir(), "trace")
	t.Cleanup(func() { // after the server has ended
		if s != nil {
			_, err := clitest.CheckTrace(trace, s.Process)
			check(t, err)
		}
	})
	s = startServer(t, adjust, append(flags, "--trace", trace)...)
	return s, trace
}

func (s *server) client(t *testing.T, steps ...string) *net.TCPConn {
	t.Helper()
	c, err := connect(s.port)
	check(t, err)
	t.Cleanup(func() { c.Close() })
	talk(t, c, steps...)
	return c
}

func (s *server) signal(t *testing.T, sig syscall.Signal) {
	t.Helper()
	check(t, s.Signal(sig))
}

func (s *server) ends(t *testing.T, want int) {
	t.Helper()
	got, err := s.Wait()
	check(t, err)
	if got != want {
		t.Errorf("exit status %d, wanted %d; standard error: %s", got, want, &s.Stderr)
	}
	if strings.Contains(s.Stderr.String(), "goroutine ") {
		t.Errorf("a goroutine dump on standard error: %s", &s.Stderr)
	}
}

// fails runs a command that is to end with exit status 1 and with that on its
// standard error.
func fails(t *testing.T, cmd *exec.Cmd, stderr string) {
	t.Helper()
	p, err := clitest.Start(cmd)
	check(t, err)
	t.Cleanup(p.Kill)
	(&server{Process: p}).ends(t, 1)
	check(t, p.Stderr.Wait(stderr))
}
