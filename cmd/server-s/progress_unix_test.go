//go:build unix

package main

import (
	"os/exec"
	"regexp"
	"syscall"
	"testing"

	"accio/internal/clitest"
)

// The live line is erased before any line is printed, on either output (issue
// 2 item 3): here both are the same stream, as on a terminal.
func TestLiveLineIsErasedBeforeAnyLine(t *testing.T) {
	t.Parallel()
	s := startServer(t, func(cmd *exec.Cmd, p *clitest.Process) {
		cmd.Stdout, cmd.Stderr = &p.Stderr, &p.Stderr
	}, "--progress", "always")
	c := s.client(t, header, `>hello`, turn)
	check(t, s.Stderr.Wait(`connection 1: 5 B, \S+ B/s`))
	talk(t, c, "end", "eof")
	c = s.client(t, `<accio\r\n`)
	check(t, s.Stderr.Wait(`connection 2: 0 B, 0 B/s`))
	talk(t, c, `>nonsense`, "gone")
	s.client(t, header, `>x`, turn)
	check(t, s.Stderr.Wait(`connection 3: 1 B`))
	s.signal(t, syscall.SIGTERM)
	s.ends(t, 0)

	const (
		live  = `\r\x1b\[Kconnection \d+: \S+ K?i?B, \S+ K?i?B/s`
		erase = `\r\x1b\[K`
	)
	stream := s.Stderr.String()
	if !regexp.MustCompile(`\A(((` + live + `)+` + erase + `)?[^\r\x1b\n]+\n)+\z`).MatchString(stream) {
		t.Errorf("a line begins beside the live line: %q", stream)
	}
	if !regexp.MustCompile(live + erase + `5\n`).MatchString(stream) {
		t.Errorf("the live line is not erased before a result: %q", stream)
	}
}
