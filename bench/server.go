package main

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"time"

	"accio/internal/port"
)

const (
	startPatience = 10 * time.Second // until a server listens
	ipv4Patience  = time.Second      // until it is looked for among the IPv6 listeners too
	stopPatience  = 10 * time.Second // until it has ended after it was asked to
)

// server is a peer that runs. It must be abandoned in the end.
type server struct {
	peer    *peer
	port    int
	release func()        // gives the port free
	ready   time.Duration // from before exec to listening
	cmd     *exec.Cmd
	before  time.Duration // CPU used until it listened
	out     *os.File
	errors  *os.File
	ended   chan struct{} // closed when the process has been waited for
	spare   func() bool   // keeps the end of ctx from killing it
}

// start runs a peer on a free port and returns when it listens. Without /proc
// it does not wait: clients try again until they are let in. The end of ctx
// kills the server.
func start(ctx context.Context, p *peer) (*server, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	n, release, err := port.Reserve()
	if err != nil {
		return nil, err
	}
	s := &server{peer: p, port: n, release: release, ended: make(chan struct{})}
	if s.out, err = os.CreateTemp("", "bench-out-"); err != nil {
		s.discard()
		return nil, err
	}
	if s.errors, err = os.CreateTemp("", "bench-err-"); err != nil {
		s.discard()
		return nil, err
	}
	argv := p.command(s.port)
	s.cmd = exec.Command(argv[0], argv[1:]...)
	s.cmd.Stdout, s.cmd.Stderr = s.out, s.errors
	ownGroup(s.cmd)
	began := time.Now()
	if err := s.cmd.Start(); err != nil {
		s.discard()
		return nil, err
	}
	s.spare = context.AfterFunc(ctx, s.kill)
	go func() {
		s.cmd.Wait()
		close(s.ended)
	}()
	if hasProc {
		if err := s.awaitListening(began); err != nil {
			s.abandon()
			return nil, err
		}
		s.ready = time.Since(began)
		s.before = groupCPU(s.cmd.Process.Pid)
	}
	return s, nil
}

func (s *server) awaitListening(began time.Time) error {
	for !listening(tableIPv4, s.port) {
		waited := time.Since(began)
		if waited > ipv4Patience && listening(tableIPv6, s.port) {
			return nil
		}
		select {
		case <-s.ended:
			return s.failed("ended before it listened")
		default:
		}
		if waited > startPatience {
			return s.failed("does not listen after %s", startPatience)
		}
		time.Sleep(20 * time.Microsecond)
	}
	return nil
}

// stop ends the server and returns the CPU time that it and its children used
// since it listened. A raw peer ends by itself after its one connection.
func (s *server) stop() (time.Duration, error) {
	if !s.peer.raw {
		terminate(s.cmd)
	}
	select {
	case <-s.ended:
	case <-time.After(stopPatience):
		return 0, s.failed("does not end after %s", stopPatience)
	}
	state := s.cmd.ProcessState
	return max(state.UserTime()+state.SystemTime()-s.before, 0), nil
}

// memory returns the peak of a server that runs, or 0 where it cannot be known.
func (s *server) memory() (int64, error) {
	if !hasProc || s.peer.raw {
		return 0, nil
	}
	return peakMemory(s.cmd.Process.Pid)
}

// abandon kills what still runs and frees the rest.
func (s *server) abandon() {
	s.spare()
	s.kill()
	<-s.ended
	s.discard()
}

// kill does nothing to a process that has been waited for: its number may be
// another's by now.
func (s *server) kill() {
	select {
	case <-s.ended:
	default:
		kill(s.cmd)
	}
}

// discard frees the port and the files.
func (s *server) discard() {
	s.release()
	for _, f := range []*os.File{s.out, s.errors} {
		if f != nil {
			f.Close()
			os.Remove(f.Name())
		}
	}
}

// printed checks what the server has printed: one number for each connection.
func (s *server) printed(want ...int64) error {
	text, err := os.ReadFile(s.out.Name())
	if err != nil {
		return err
	}
	switch {
	case s.peer.check != nil:
		return s.peer.check(text, want[0])
	case s.peer.many:
		return checkCountsOfMany(text, want)
	}
	return checkCounts(text, want)
}

func checkCounts(text []byte, want []int64) error {
	lines := strings.Split(strings.TrimRight(string(text), "\n"), "\n")
	if len(lines) != len(want) {
		return fmt.Errorf("WRONG COUNT: printed %d lines, wanted %d: %.200q", len(lines), len(want), text)
	}
	for i, line := range lines {
		if n, err := strconv.ParseInt(strings.TrimSpace(line), 10, 64); err != nil || n != want[i] {
			return fmt.Errorf("WRONG COUNT: connection %d printed %q, wanted %d", i+1, line, want[i])
		}
	}
	return nil
}

// refused is the count of a session that is to end in ERROR.
const refused = -1

// checkCountsOfMany is for a server of which nobody knows in what order many
// connections end: every count so many times.
func checkCountsOfMany(text []byte, want []int64) error {
	left := map[int64]int{}
	for _, n := range want {
		left[n]++
	}
	lines := strings.Split(strings.TrimRight(string(text), "\n"), "\n")
	for i, line := range lines {
		n := int64(refused)
		if line != "ERROR" {
			var err error
			if n, err = strconv.ParseInt(line, 10, 64); err != nil || n < 0 {
				return fmt.Errorf("WRONG COUNT: line %d is %q", i+1, line)
			}
		}
		if left[n]--; left[n] < 0 {
			return fmt.Errorf("WRONG COUNT: line %d is %q, one more than wanted", i+1, line)
		}
	}
	if len(lines) != len(want) {
		return fmt.Errorf("WRONG COUNT: printed %d lines, wanted %d", len(lines), len(want))
	}
	return nil
}

// failed is an error with what the server has said.
func (s *server) failed(format string, args ...any) error {
	said, _ := os.ReadFile(s.errors.Name())
	if said = bytes.TrimSpace(said); len(said) > 0 {
		return fmt.Errorf("%s; it said: %.500s", fmt.Sprintf(format, args...), said)
	}
	return fmt.Errorf(format, args...)
}
