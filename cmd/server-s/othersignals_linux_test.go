package main

import (
	"os/signal"
	"strings"
	"syscall"
	"testing"

	"accio/internal/clitest"
)

// The signals that §6.4 of docs/protocol.md does not make a shutdown, each one.
func TestOtherSignals(t *testing.T) {
	t.Parallel()
	tried := map[syscall.Signal]bool{syscall.SIGINT: true, syscall.SIGTERM: true, syscall.SIGQUIT: true}
	for _, sig := range clitest.Ending {
		tried[sig] = true
		if signal.Ignored(sig) {
			continue // nohup(1): the server ignores it too
		}
		s := startServer(t, nil)
		c := s.client(t, header, turn)
		s.signal(t, sig)
		s.ends(t, -1)
		talk(t, c, "gone")
		if got := s.Stdout.String(); got != "" {
			t.Errorf("%s: standard output %q", sig, got)
		}
	}
	for _, sig := range clitest.Dumping {
		tried[sig] = true
		s := startServer(t, nil)
		s.signal(t, sig)
		status, err := s.Wait()
		check(t, err)
		if status != 2 || !strings.Contains(s.Stderr.String(), "goroutine ") {
			t.Errorf("%s: exit status %d, standard error %s", sig, status, &s.Stderr)
		}
	}

	s := startServer(t, nil)
	c := s.client(t, header, turn)
	for _, sig := range clitest.Stopping {
		tried[sig] = true
		s.signal(t, sig)
		s.signal(t, syscall.SIGCONT)
		talk(t, c, ">x")
	}
	for _, sig := range clitest.Harmless {
		tried[sig] = true
		s.signal(t, sig)
		talk(t, c, ">x")
	}
	talk(t, c, "end", "eof")
	s.signal(t, syscall.SIGTERM)
	s.ends(t, 0)
	if got := s.Stdout.String(); got != "48\n" {
		t.Errorf("standard output %q", got)
	}
	for sig := syscall.Signal(1); sig <= 64; sig++ {
		if cLibrary := 32 <= sig && sig <= 34; tried[sig] == cLibrary {
			t.Errorf("signal %d: tried %t", sig, tried[sig])
		}
	}
}
