//go:build unix

package main

import (
	"net"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"

	"accio/internal/clitest"
)

var (
	check = clitest.Check
	talk  = clitest.MustTalk
	pipe  = clitest.Pipe
	fill  = clitest.Fill
)

const (
	header = `>confirm-accio\r\nconfirm-accio-again\r\n\r\n`
	turn   = `<accio\r\naccio\r\n` // comes when the header has been taken
)

type server struct {
	*clitest.Process
	port  int
	trace string // its file
}

// startServer starts a server and waits until it listens. Adjust, if not nil,
// may give the command other outputs; its standard error must be recorded. The
// server's trace is checked after the test, unless the flags name another.
func startServer(t *testing.T, adjust func(*exec.Cmd, *clitest.Process), flags ...string) *server {
	t.Helper()
	s := &server{trace: filepath.Join(t.TempDir(), "trace")}
	if !slices.Contains(flags, "--trace") {
		flags = append(flags, "--trace", s.trace)
		t.Cleanup(func() { // after the server has ended
			if s.Process != nil {
				_, err := clitest.CheckTrace(s.trace, s.Process)
				check(t, err)
			}
		})
	}
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
