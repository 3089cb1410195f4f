package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"

	"accio/internal/clitest"
	"accio/internal/require"
)

// A confined server opens its files anew in their directories, and reads nothing there; where
// a name leads elsewhere meanwhile, the one of before goes on (§6.16, §6.17).
func TestReopenWhereConfined(t *testing.T) {
	t.Parallel()
	landlocked(t)
	dir, elsewhere := t.TempDir(), t.TempDir()
	logs, traces := filepath.Join(dir, "logs"), filepath.Join(dir, "traces")
	for _, sub := range []string{logs, traces} {
		check(t, os.Mkdir(sub, 0o700))
	}
	link, trace := filepath.Join(dir, "link"), filepath.Join(traces, "trace")
	check(t, os.Symlink(filepath.Join(logs, "log"), link))
	s := startLogged(t, link, nil, "--trace", trace, "--trace-append")
	s.waits(t, fmt.Sprintf("INFO confined landlock=.* writes=\"%s, %s\"", traces, logs))
	s.client(t, header, turn, "end", "eof")
	check(t, os.Rename(trace, trace+".1"))
	check(t, os.Rename(logs+"/log", logs+"/log.1"))
	s.signal(t, syscall.SIGHUP)
	s.waits(t, "INFO trace reopened first=2 before=0")
	s.client(t, header, turn, ">x", "end", "eof")

	check(t, os.Remove(link))
	check(t, os.Symlink(filepath.Join(elsewhere, "log"), link))
	check(t, os.Rename(trace, trace+".2"))
	check(t, os.Symlink(filepath.Join(elsewhere, "trace"), trace))
	s.signal(t, syscall.SIGHUP)
	before := logged{s.server, logs + "/log"}
	before.waits(t, "WARN cannot reopen the log; the one of before goes on error=.*permission denied")
	before.waits(t, "WARN cannot reopen the trace; the one of before goes on error=.*permission denied")
	s.client(t, header, turn, ">yy", "end", "eof")
	check(t, os.Remove(trace))
	check(t, os.WriteFile(trace, nil, 0o600)) // as logrotate's "create" does
	s.signal(t, syscall.SIGHUP)
	before.waits(t, "INFO trace reopened first=4 before=0")
	s.client(t, header, turn, ">zzz", "end", "eof")
	s.signal(t, syscall.SIGTERM)
	s.ends(t, 0)
	tracedSessions(t, trace, map[uint64]string{1: "0", 2: "1", 3: "2", 4: "3"})
	if entries, err := os.ReadDir(elsewhere); err != nil || len(entries) > 0 {
		t.Errorf("%v, %v", entries, err)
	}
	told := s.Stderr.String() // at both signals
	if n := strings.Count(told, "WARN cannot reopen the log; "); n != 2 || strings.Count(told, "\n") != n || strings.Count(told, "restart it") != n {
		t.Errorf("standard error %s", told)
	}
}

// A terminal that is closed ends a server with a trace, and not one that logs to a file (§6.17).
func TestHangupOfATerminal(t *testing.T) {
	t.Parallel()
	terminal, screen := clitest.Terminal(t, 80)
	dir := t.TempDir()
	shown := new(clitest.Stream)
	go func() {
		for b := make([]byte, 4096); ; {
			n, err := screen.Read(b)
			if err != nil {
				return
			}
			shown.Write(b[:n])
		}
	}()
	port, err := clitest.FreePort()
	check(t, err)
	cmd := exec.Command("server-s", "--trace", filepath.Join(dir, "trace"), fmt.Sprint(port))
	cmd.Stderr = terminal
	p, err := clitest.Start(cmd)
	check(t, err)
	t.Cleanup(p.Kill)
	check(t, shown.Wait("listening"))
	s := &server{p, port}
	s.signal(t, syscall.SIGHUP)
	s.ends(t, -1)

	log := filepath.Join(dir, "log")
	l := startLogged(t, log, func(cmd *exec.Cmd) { cmd.Stderr = terminal }, "--progress", "always")
	c := l.client(t, header, turn, ">hello")
	check(t, shown.Wait(`connection 1: 5 B, \S+ B/s`)) // the live line stays where it was
	check(t, os.Rename(log, log+".1"))
	l.signal(t, syscall.SIGHUP)
	l.waits(t, "INFO log reopened")
	talk(t, c, "end", "eof")
	l.signal(t, syscall.SIGTERM)
	l.ends(t, 0)
	for _, file := range []string{log, log + ".1"} { // as where standard error is no terminal
		for line := range strings.Lines(string(mustRead(t, file))) {
			if !fileLine.MatchString(line) {
				t.Errorf("%s: %q", file, line)
			}
		}
	}
}

// Even where all places are taken there are descriptors left to open log and trace anew.
func TestReopenWithAllPlacesTaken(t *testing.T) {
	t.Parallel()
	dir := clitest.ShortDir(t)
	log, trace := filepath.Join(dir, "log"), filepath.Join(dir, "trace")
	s := startLogged(t, log, func(cmd *exec.Cmd) { clitest.Limit(cmd, 200) }, "--trace", trace, "--concurrency", "max", "--http", "0", "--control", dir+"/control")
	const places = 84
	for range places {
		s.client(t, `<accio\r\n`)
	}
	check(t, os.Rename(log, log+".1"))
	check(t, os.Rename(trace, trace+".1"))
	s.signal(t, syscall.SIGHUP)
	s.waits(t, "INFO trace reopened first=85 before=84")
	s.signal(t, syscall.SIGTERM)
	s.ends(t, 0)
	tracedSessions(t, trace, s.errors(places))
}

// errors are so many connections that ended in ERROR.
func (s *server) errors(n int) map[uint64]string {
	all := map[uint64]string{}
	for i := range n {
		all[uint64(i+1)] = "ERROR"
	}
	return all
}

// logrotate(8) with what docs/operations.md has for it, by which no line is lost (§6.17).
func TestLogrotate(t *testing.T) {
	t.Parallel()
	tool := require.Tool(t, "logrotate")
	told, err := os.ReadFile("../../docs/operations.md")
	check(t, err)
	example := regexp.MustCompile("(?s)```logrotate\n(.*?)```").FindSubmatch(told)
	if example == nil {
		t.Fatal("docs/operations.md has no example")
	}
	dir := t.TempDir()
	log, trace := filepath.Join(dir, "server.log"), filepath.Join(dir, "trace.jsonl")
	s := startLogged(t, log, nil, "--trace", trace)
	config := string(example[1])
	for old, new := range map[string]string{
		"/var/log/accio/":                    dir + "/",
		"systemctl kill -s HUP accio-server": fmt.Sprint("kill -HUP ", s.Pid()),
	} {
		if strings.Count(config, old) == 0 {
			t.Errorf("the example has no %q: %s", old, config)
		}
		config = strings.ReplaceAll(config, old, new)
	}
	check(t, os.WriteFile(dir+"/rotate.conf", []byte(config), 0o600))
	const rounds = 4
	for i := range rounds {
		s.client(t, header, turn, ">"+strings.Repeat("x", i), "end", "eof")
		out, err := exec.Command(tool, "--force", "--state", dir+"/state", dir+"/rotate.conf").CombinedOutput()
		if err != nil || len(out) > 0 {
			t.Fatalf("%v: %s", err, out)
		}
		s.waits(t, fmt.Sprintf("INFO trace reopened first=%d before=0", i+2))
	}
	s.signal(t, syscall.SIGTERM)
	s.ends(t, 0)
	want := []string{"server.log", "server.log.1", "server.log.2.gz", "server.log.3.gz", "server.log.4.gz", "trace.jsonl", "trace.jsonl.1", "trace.jsonl.2.gz"}
	for _, name := range want {
		if !exists(filepath.Join(dir, name)) {
			t.Errorf("there is no %s", name)
		}
	}
	for _, zipped := range matches(t, dir+"/*.gz") {
		out, err := exec.Command("gzip", "-d", zipped).CombinedOutput()
		if err != nil {
			t.Fatalf("%v: %s", err, out)
		}
	}
	tracedSessions(t, trace, map[uint64]string{1: "0", 2: "1", 3: "2", 4: "3"})
	reopened := 0
	for _, file := range append(matches(t, log+".*"), log) {
		reopened += strings.Count(string(mustRead(t, file)), "INFO log reopened\n")
	}
	if reopened != rounds {
		t.Errorf("the log was reopened %d times, wanted %d", reopened, rounds)
	}
}
