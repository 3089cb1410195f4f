//go:build unix

package main

import (
	"syscall"
	"testing"
	"time"
)

// Bytes that arrived while the process was stopped are not lost to the idle
// limit (docs/protocol.md §2.5).
func TestStoppedProcessCountsWhatArrivedMeanwhile(t *testing.T) {
	t.Parallel()
	const idle = 2 * time.Second
	s, _ := startTraced(t, nil, "--verbose", "--idle-timeout", idle.String())
	c := s.client(t, header, `>one `, turn)
	check(t, s.Stderr.Wait("→ Streaming"))
	s.signal(t, syscall.SIGSTOP)
	_, err := syscall.Wait4(s.Pid(), nil, syscall.WUNTRACED, nil)
	check(t, err)
	talk(t, c, `>two`)
	<-time.After(2 * idle)
	s.signal(t, syscall.SIGCONT)
	talk(t, c, `> three`, "end", "eof")
	s.signal(t, syscall.SIGTERM)
	s.ends(t, 0)
	if got := s.Stdout.String(); got != "13\n" {
		t.Errorf("standard output %q, wanted the count; standard error: %s", got, &s.Stderr)
	}
}
