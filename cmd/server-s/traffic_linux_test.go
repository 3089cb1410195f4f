package main

import (
	"bytes"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"regexp"
	"syscall"
	"testing"
	"time"

	"accio/internal/clitest"
	operator "accio/internal/control"
	"accio/internal/require"
	"accio/protocol"
	"accio/trace"
)

// What real traffic covers of the table is what docs/trace.md says.
func TestTrafficCoversWhatTheDocumentSays(t *testing.T) {
	t.Parallel()
	covered, connections := trace.Coverage(nil), 0
	control := filepath.Join(clitest.ShortDir(t), "control")
	killed := func(in string, steps ...string) func(*testing.T, *server) {
		return func(t *testing.T, s *server) {
			stopped(in, steps...)(t, s)
			check(t, operator.Kill(control, 1))
			check(t, s.Stdout.Wait(`\AERROR\n\z`))
		}
	}
	for _, session := range []struct {
		idle string
		play func(*testing.T, *server)
	}{
		{"1h", everyEnd},
		{"2s", everySilence},
		{"1h", resetInTheQueue},
		{"1h", resetBetweenConfirmationAndCommand},
		{"1h", stopped("AwaitConfirm1", `<accio\r\n`)},
		{"1h", stopped("AwaitConfirm2", `>confirm-accio\r\n`, turn)},
		{"1h", stopped("Streaming", header, turn)},
		{"1h", killed("AwaitConfirm1", `<accio\r\n`)},
		{"1h", killed("AwaitConfirm2", `>confirm-accio\r\n`, turn)},
		{"1h", killed("Streaming", header, turn)},
	} {
		s, file := startTraced(t, nil, "--verbose", "--idle-timeout", session.idle, "--control", control)
		session.play(t, s)
		s.signal(t, syscall.SIGTERM)
		s.ends(t, 0)
		report, err := clitest.CheckTrace(file, s.Process)
		check(t, err)
		connections += report.Connections
		if covered == nil {
			covered = report.Coverage
		} else {
			covered.Add(report.Coverage)
		}
	}
	t.Logf("%d of %d transitions in %d connections:\n%s", covered.Seen(), len(protocol.Server.Transitions), connections, covered)
	require.Ran(t, "transitions", len(covered), 29)

	page, err := os.ReadFile("../../docs/trace.md")
	check(t, err)
	for _, seen := range covered {
		row := regexp.MustCompile(fmt.Sprintf(`(?m)^\| %s \| %s \| %s \| (yes|no|by chance) \|`, seen.From, seen.Event, seen.To))
		said := row.FindStringSubmatch(string(page))
		if said == nil || said[1] == "yes" && seen.Times == 0 || said[1] == "no" && seen.Times > 0 {
			t.Errorf("%s %s was seen %d times; docs/trace.md says %q", seen.From, seen.Event, seen.Times, said)
		}
	}
}

// everyEnd has each end that a client can give a connection by what it sends.
func everyEnd(t *testing.T, s *server) {
	for _, steps := range [][]string{
		{header, ">hello", "end", turn, "eof"},
		{`<accio\r\n`, ">nonsense", "gone"},
		{`<accio\r\n`, "end", "gone"},
		{`<accio\r\n`, "reset"},
		{`>confirm-accio\r\n`, turn, ">nonsense", "gone"},
		{`>confirm-accio\r\n`, turn, "end", "gone"},
		{`>confirm-accio\r\n`, turn, "reset"},
		{header, turn, ">hel", "reset"},
	} {
		s.client(t, steps...)
	}
	check(t, s.Stdout.Wait(`\A5\n(ERROR\n){7}\z`))
}

// everySilence has each state in which a client can be idle for too long.
func everySilence(t *testing.T, s *server) {
	for _, steps := range [][]string{
		{`<accio\r\n`, "gone"},
		{`>confirm-accio\r\n`, turn, "gone"},
		{header, turn, ">hel", "gone"},
	} {
		s.client(t, steps...)
	}
	check(t, s.Stdout.Wait(`\A(ERROR\n){3}\z`))
}

// resetInTheQueue has a client that is gone before its turn comes.
func resetInTheQueue(t *testing.T, s *server) {
	first := s.client(t, `<accio\r\n`)
	s.client(t, "reset")
	talk(t, first, ">nonsense", "gone")
	check(t, s.Stdout.Wait(`\A(ERROR\n){2}\z`))
}

// resetBetweenConfirmationAndCommand has a client that is gone when the server
// reads what it sent.
func resetBetweenConfirmationAndCommand(t *testing.T, s *server) {
	c := s.client(t, `<accio\r\n`)
	s.signal(t, syscall.SIGSTOP)
	_, err := syscall.Wait4(s.Pid(), nil, syscall.WUNTRACED, nil)
	check(t, err)
	talk(t, c, `>confirm-accio\r\n`, "reset")
	resetArrives(t, c)
	s.signal(t, syscall.SIGCONT)
	check(t, s.Stdout.Wait(`\AERROR\n\z`))
}

// resetArrives waits until the system has no socket any more at the other end
// of c: a reset takes it away, and a busy machine may deliver that late.
func resetArrives(t *testing.T, c *net.TCPConn) {
	const row = "0100007F:%04X 0100007F:%04X " // proc(5), /proc/net/tcp
	pair := fmt.Sprintf(row, c.RemoteAddr().(*net.TCPAddr).Port, c.LocalAddr().(*net.TCPAddr).Port)
	for deadline := time.Now().Add(clitest.Patience); ; time.Sleep(time.Millisecond) {
		sockets, err := os.ReadFile("/proc/net/tcp")
		check(t, err)
		if !bytes.Contains(sockets, []byte(pair)) {
			return
		}
		if time.Now().After(deadline) {
			t.Fatal("the reset does not arrive")
		}
	}
}

// stopped leaves a client in a state for the shutdown to find.
func stopped(in string, steps ...string) func(*testing.T, *server) {
	return func(t *testing.T, s *server) {
		s.client(t, steps...)
		check(t, s.Stderr.Wait("→ "+in))
	}
}
