package faults

import (
	"fmt"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"accio/internal/clitest"
)

// server is a server-s that writes a trace.
type server struct {
	*clitest.Process
	port  int
	trace string
}

// startServer starts one with an idle limit and so many places.
func startServer(t *testing.T, program, idle string, places int) *server {
	t.Helper()
	s := &server{trace: filepath.Join(t.TempDir(), "trace")}
	for attempts := 5; ; attempts-- {
		var err error
		s.port, err = clitest.FreePort()
		clitest.Check(t, err)
		s.Process, err = clitest.Start(exec.Command(program, "--json", "--trace", s.trace, "--idle-timeout", idle, "--concurrency", strconv.Itoa(places), strconv.Itoa(s.port)))
		clitest.Check(t, err)
		t.Cleanup(s.Kill)
		clitest.Check(t, s.Stderr.Wait("listening|^ERROR:"))
		switch text := s.Stderr.String(); {
		case !strings.Contains(text, "ERROR:"):
			return s
		case !strings.Contains(text, "address already in use") || attempts == 0: // by another test's clients
			t.Fatalf("server-s does not start: %s", text)
		}
	}
}

// end returns the lines of so many connections, none before it has come, and
// ends the server. Each line may take as long as the idle limit.
func (s *server) end(t *testing.T, connections int) string {
	t.Helper()
	for {
		n := strings.Count(s.Stdout.String(), "\n")
		if n >= connections {
			break
		}
		clitest.Check(t, s.Stdout.Wait(fmt.Sprintf(`\A(?:.*\n){%d}`, n+1)))
	}
	clitest.Check(t, s.Signal(syscall.SIGTERM))
	if status, err := s.Wait(); status != 0 || err != nil {
		t.Fatalf("exit status %d, %v: %s", status, err, &s.Stderr)
	}
	report, err := clitest.CheckTrace(s.trace, s.Process)
	if err != nil || report.Connections != connections {
		t.Errorf("%d connections in the trace, %v", report.Connections, err)
	}
	return s.Stdout.String()
}
