//go:build unix

package main

import (
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"

	"accio/internal/clitest"
	"accio/internal/control"
)

// Each limit ends who exceeds it, and says which it was; the next client is served (§9).
func TestLimits(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		flags, steps []string
		reason       string
	}{
		{[]string{"--max-duration", "2s"}, []string{header, ">some"}, "Streaming: the connection took too long: it is not over after 2s"},
		{[]string{"--header-timeout", "2s"}, []string{`<accio\r\n`, ">confirm-accio"}, "AwaitConfirm1: the payload had not begun after 2s"},
		{[]string{"--max-bytes", "3"}, []string{header, ">four"}, "Streaming: the payload is too large: more than 3 bytes"},
		{[]string{"--max-per-peer", "1", "--concurrency", "2"}, nil, "SendAccio1: too many connections from one address: 127.0.0.1 has 1 in service"},
	} {
		t.Run(test.flags[0], func(t *testing.T) {
			t.Parallel()
			s, _ := startTraced(t, nil, append(test.flags, "--idle-timeout", "1h")...)
			good := "0"
			if test.steps == nil {
				first := s.client(t, header, turn)
				talk(t, s.client(t), "gone")
				talk(t, first, "end", "eof")
			} else {
				talk(t, s.client(t, test.steps...), "gone")
				talk(t, s.client(t, header, turn), "end", "eof")
			}
			s.signal(t, syscall.SIGTERM)
			s.ends(t, 0)
			if got := s.Stdout.String(); got != "ERROR\n"+good+"\n" {
				t.Errorf("%q", got)
			}
			check(t, s.Stderr.Wait("WARN "+test.reason))
		})
	}
}

// --min-rate wants so much in ten seconds, whatever the idle limit.
func TestMinRate(t *testing.T) {
	t.Parallel()
	s, _ := startTraced(t, nil, "--min-rate", "1kB", "--idle-timeout", "1h", "--concurrency", "2", "--json")
	slow, fast := s.client(t, header, ">slow"), s.client(t, header, ">"+strings.Repeat("x", 11_000), turn)
	talk(t, fast, "end", "eof")
	check(t, s.Stdout.Wait(`"state":"Done","bytes":11000,`))
	const ended = `"event":"aborted","received":4,"reason":"the payload comes too slowly: 4 bytes in 10s, wanted 10000",`
	if s.Stdout.Wait(ended) != nil { // it has not been ten seconds
		check(t, s.Stdout.Wait(ended))
	}
	talk(t, slow, "gone")
}

// The operator sees who is in service, and ends one of them; the others go on (§9.7).
func TestControl(t *testing.T) {
	t.Parallel()
	path := filepath.Join(clitest.ShortDir(t), "control")
	s, _ := startTraced(t, nil, "--control", path, "--concurrency", "3", "--idle-timeout", "1h")
	first, second := s.client(t, header, turn), s.client(t, header, turn, ">some")
	var all []control.Connection
	eventually(t, "both are counted", func() bool {
		var err error
		all, err = control.List(path)
		check(t, err)
		return !slices.ContainsFunc(all, func(c control.Connection) bool { return c.State != "Streaming" })
	})
	if len(all) != 2 || all[0].Connection != 1 || all[1].Connection != 2 || all[1].State == "" || all[0].Remote != first.LocalAddr().String() {
		t.Errorf("%+v", all)
	}
	if err := control.Kill(path, 3); err == nil || err.Error() != "no such connection is in service: 3" {
		t.Errorf("%v", err)
	}
	check(t, control.Kill(path, 2))
	talk(t, second, "gone")
	talk(t, first, ">whole", "end", "eof")
	s.signal(t, syscall.SIGTERM)
	s.ends(t, 0)
	if got := s.Stdout.String(); got != "ERROR\n5\n" {
		t.Errorf("%q", got)
	}
	check(t, s.Stderr.Wait("WARN Streaming: ended by the operator connection=2 "))
	if all, err := control.List(path); err == nil {
		t.Errorf("after the end: %+v", all)
	}
}
