//go:build unix

package main

import (
	"context"
	"strings"
	"syscall"
	"testing"
	"time"

	"accio/internal/cli"
	"accio/internal/clitest"
)

// SIGQUIT, SIGTERM, SIGINT: the connection being served ends through the event
// shutdown and prints its one line; exit status 0 (docs/protocol.md §6.4).
func TestSignalInEachState(t *testing.T) {
	t.Parallel()
	states := []struct {
		from  string // empty: no connection
		steps []string
		logs  string
	}{
		{"", nil, "listening"},
		{"AwaitConfirm1", []string{`<accio\r\n`}, "→ AwaitConfirm1"},
		{"AwaitConfirm1", []string{`<accio\r\n`, `>confirm`}, "→ AwaitConfirm1"},
		{"AwaitConfirm2", []string{`>confirm-accio\r\n`, turn}, "→ AwaitConfirm2"},
		{"AwaitConfirm2", []string{`>confirm-accio\r\nconfirm-accio-again\r\n`, turn}, "→ AwaitConfirm2"},
		{"Streaming", []string{header, turn}, "→ Streaming"},
		{"Streaming", []string{header, `>hello`, turn}, "→ Streaming"},
	}
	for _, sig := range []syscall.Signal{syscall.SIGQUIT, syscall.SIGTERM, syscall.SIGINT} {
		for _, state := range states {
			t.Run(strings.Join(append([]string{sig.String(), state.from}, state.steps...), " "), func(t *testing.T) {
				t.Parallel()
				s, _ := startTraced(t, nil, "--verbose")
				lines, warnings := "", 0
				if state.from != "" {
					s.client(t, state.steps...)
					lines, warnings = "ERROR\n", 1
				}
				check(t, s.Stderr.Wait(state.logs))
				s.signal(t, sig)
				s.ends(t, 0)
				if got := s.Stdout.String(); got != lines {
					t.Errorf("standard output %q, wanted %q", got, lines)
				}
				log := s.Stderr.String()
				if n := strings.Count(log, "WARN"); n != warnings {
					t.Errorf("%d warnings, wanted %d: %s", n, warnings, log)
				}
				if warnings == 1 && !strings.Contains(log, "WARN "+state.from+": told to stop connection=1 ") {
					t.Errorf("no reason: %s", log)
				}
			})
		}
	}
}

// More signals change nothing (docs/protocol.md §6.4).
func TestSignalsTwiceInARow(t *testing.T) {
	t.Parallel()
	s := startServer(t, nil)
	s.client(t, header, turn)
	for _, sig := range []syscall.Signal{syscall.SIGINT, syscall.SIGINT, syscall.SIGTERM, syscall.SIGQUIT} {
		if err := s.Signal(sig); err != nil {
			break // it has ended
		}
	}
	s.ends(t, 0)
	if got := s.Stdout.String(); got != "ERROR\n" {
		t.Errorf("standard output %q", got)
	}
}

// After a signal nobody is served any more (docs/protocol.md §6.4).
func TestSignalClosesThePort(t *testing.T) {
	t.Parallel()
	s := startServer(t, nil)
	s.signal(t, syscall.SIGTERM)
	s.ends(t, 0)
	if c, err := connect(s.port); err == nil {
		c.Close()
		t.Error("the port is still open")
	}
}

// The handlers stand before the port is open (docs/protocol.md §6.4): a signal
// that comes first is a shutdown like any other.
func TestSignalBeforeListening(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	port, err := clitest.FreePort()
	check(t, err)
	if err := serve(ctx, ctx, options{port: port, idleTimeout: cli.Limit(time.Second)}, nobody()); err != nil {
		t.Error(err)
	}
}
