//go:build unix

package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"accio/internal/clitest"
)

// eventually waits until something holds.
func eventually(t *testing.T, what string, holds func() bool) {
	t.Helper()
	tick := time.NewTicker(time.Millisecond)
	defer tick.Stop()
	const limit = 30 * time.Second
	late := time.After(limit)
	for !holds() {
		select {
		case <-tick.C:
		case <-late:
			t.Fatalf("not within %s: %s", limit, what)
		}
	}
}

// logged is a server with --log-file.
type logged struct {
	*server
	log string // its name
}

// startLogged starts a server that logs into a file of that name, and waits until it listens.
func startLogged(t *testing.T, log string, adjust func(*exec.Cmd), flags ...string) logged {
	t.Helper()
	for attempts := 5; ; attempts-- {
		port, err := clitest.FreePort()
		check(t, err)
		cmd := exec.Command("server-s", append(flags, "--log-file", log, strconv.Itoa(port))...)
		if adjust != nil {
			adjust(cmd)
		}
		p, err := clitest.Start(cmd)
		check(t, err)
		t.Cleanup(p.Kill)
		s := logged{&server{p, port}, log}
		eventually(t, "it listens or ends", func() bool { return p.Ended() || s.has(fmt.Sprintf(`address("?[:=]"?)0\.0\.0\.0:%d\b`, port)) })
		if !p.Ended() {
			return s
		}
		if attempts == 0 || !strings.Contains(p.Stderr.String(), "address already in use") {
			t.Fatalf("it does not start: %s", &p.Stderr)
		}
	}
}

// has reports whether the pattern is in the log, as it is now.
func (s logged) has(pattern string) bool {
	text, err := os.ReadFile(s.log)
	return err == nil && regexp.MustCompile(pattern).Match(text)
}

func (s logged) waits(t *testing.T, pattern string) {
	t.Helper()
	eventually(t, pattern+" in "+s.log, func() bool { return s.has(pattern) })
}

// Without a log file, and without a trace, SIGHUP ends the server; with a trace it opens that
// anew where standard error is no terminal (§6.17).
func TestHangup(t *testing.T) {
	t.Parallel()
	s := startServer(t, nil)
	s.signal(t, syscall.SIGHUP)
	s.ends(t, -1)

	name := filepath.Join(t.TempDir(), "trace")
	s = startServer(t, nil, "--trace", name)
	s.client(t, header, turn, ">one", "end", "eof")
	check(t, os.Rename(name, name+".1"))
	s.signal(t, syscall.SIGHUP)
	check(t, s.Stderr.Wait("INFO trace reopened first=2 before=0"))
	s.client(t, header, turn, ">three", "end", "eof")
	s.signal(t, syscall.SIGHUP)
	check(t, s.Stderr.Wait("INFO trace not reopened reason=.*: it is the same file still; rename it first"))
	s.signal(t, syscall.SIGTERM)
	s.ends(t, 0)
	for file, want := range map[string]string{name + ".1": `"result":"3"`, name: `"result":"5"`} {
		text, err := os.ReadFile(file)
		check(t, err)
		if got := string(text); !strings.Contains(got, want) || strings.Count(got, "result") != 1 {
			t.Errorf("%s: %s", file, got)
		}
	}
}

// Where the files cannot be opened anew, that is said, and those of before go on (§6.17).
func TestReopenInVain(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	log, name := filepath.Join(dir, "log"), filepath.Join(dir, "trace")
	s := startLogged(t, log, nil, "--trace", name, "--log-format", "json")
	s.client(t, header, turn, "end", "eof")
	for _, file := range []string{log, name} {
		check(t, os.Rename(file, file+".1"))
		check(t, os.Mkdir(file, 0o700))
	}
	s.signal(t, syscall.SIGHUP)
	before := logged{s.server, log + ".1"}
	before.waits(t, `"level":"WARN","msg":"cannot reopen the log; the one of before goes on"`)
	before.waits(t, `"level":"WARN","msg":"cannot reopen the trace; the one of before goes on"`)
	s.client(t, header, turn, ">x", "end", "eof")
	for _, file := range []string{log, name} {
		check(t, os.Remove(file))
	}
	s.signal(t, syscall.SIGHUP)
	s.waits(t, `"msg":"trace reopened","first":3,"before":0`)
	s.client(t, ">junk", "gone")
	s.signal(t, syscall.SIGTERM)
	s.ends(t, 0)
	if text, err := os.ReadFile(log); err != nil || !strings.Contains(string(text), `"msg":"AwaitConfirm1: `) {
		t.Errorf("%v: %s", err, text)
	}
	for line := range strings.Lines(string(mustRead(t, log)) + string(mustRead(t, log+".1"))) {
		if !json.Valid([]byte(line)) {
			t.Errorf("%q", line)
		}
	}
	tracedSessions(t, name, map[uint64]string{1: "0", 2: "1", 3: "ERROR"})
}

func mustRead(t *testing.T, name string) []byte {
	t.Helper()
	text, err := os.ReadFile(name)
	check(t, err)
	return text
}

// What ends the server is on standard error and in the log; a log that cannot be opened is on
// standard error (§6.17).
func TestFatalErrorsAreInBoth(t *testing.T) {
	t.Parallel()
	log := filepath.Join(t.TempDir(), "log")
	port, err := clitest.FreePort()
	check(t, err)
	fails(t, exec.Command("server-s", "--log-file", log, "--trace", log+"/trace", strconv.Itoa(port)), `\AERROR: cannot write the trace: `)
	if text := string(mustRead(t, log)); !regexp.MustCompile(`\A20\S+ ERROR cannot write the trace: .+\n\z`).MatchString(text) {
		t.Errorf("%q", text)
	}
	fails(t, exec.Command("server-s", "--log-file", log+"/log", "5000"), `\AERROR: cannot write the log: open .+\n\z`)
	fails(t, exec.Command("server-s", "--log-file", namedPipe(t), "5000"), `\AERROR: cannot write the log: open .+; nobody reads that named pipe, start its reader first\n\z`)
	before := string(mustRead(t, log))
	for _, link := range []func(string, string) error{os.Link, os.Symlink} {
		other := filepath.Join(t.TempDir(), "other")
		check(t, link(log, other))
		fails(t, exec.Command("server-s", "--log-file", log, "--trace", other, "5000"), `\AERROR: --log-file and --trace are the same file; give each its own\n\z`)
	}
	if after := string(mustRead(t, log)); after != before {
		t.Errorf("%q was written to: %q", before, after)
	}

	r, w := pipe(t)
	s := startLogged(t, log+"2", func(cmd *exec.Cmd) { cmd.Stdout = w })
	clitest.Unread(t, r, w)
	s.client(t, header, "end", turn)
	s.ends(t, 1)
	check(t, s.Stderr.Wait(`\AERROR: standard output: .*broken pipe; the result of connection 1 is lost\n\z`))
	if text := string(mustRead(t, s.log)); !regexp.MustCompile(`(?m)^20\S+ ERROR standard output: .*; the result of connection 1 is lost\n\z`).MatchString(text) {
		t.Errorf("%q", text)
	}
}

// A log that cannot be written is said once, and is no reason not to serve (§6.17).
func TestLogOnAFullDisk(t *testing.T) {
	t.Parallel()
	if _, err := os.Stat("/dev/full"); errors.Is(err, os.ErrNotExist) {
		t.Skip("needs /dev/full: there is none")
	}
	port, err := clitest.FreePort()
	check(t, err)
	p, err := clitest.Start(exec.Command("server-s", "--log-file", "/dev/full", strconv.Itoa(port)))
	check(t, err)
	t.Cleanup(p.Kill)
	s := &server{p, port}
	check(t, s.Stderr.Wait("WARN the log cannot be written error=.*no space left on device"))
	eventually(t, "it listens", func() bool {
		c, err := connect(port)
		if err == nil {
			c.Close()
		}
		return err == nil
	})
	s.client(t, header, turn, ">hello", "end", "eof")
	s.signal(t, syscall.SIGTERM)
	s.ends(t, 0)
	if got := s.Stdout.String(); !strings.HasSuffix(got, "ERROR\n5\n") || strings.Count(s.Stderr.String(), "\n") != 1 {
		t.Errorf("standard output %q, standard error %s", got, &s.Stderr)
	}
}

// A line of which a full disk took the beginning only is whole in the next file, and those
// that were lost are counted there (§6.17).
func TestReopenFromAFullDisk(t *testing.T) {
	t.Parallel()
	log := filepath.Join(t.TempDir(), "log")
	s := startLogged(t, log, func(cmd *exec.Cmd) { clitest.Limited(cmd, "-f", 4) })
	for range 20 { // as many as have a line of their own
		s.client(t, ">"+strings.Repeat("x", 40), "gone")
	}
	check(t, s.Stderr.Wait("WARN the log cannot be written error=.*file too large"))
	check(t, os.Rename(log, log+".1"))
	s.signal(t, syscall.SIGHUP)
	s.waits(t, "log reopened")
	s.signal(t, syscall.SIGTERM)
	s.ends(t, 0)
	before, after := string(mustRead(t, log+".1")), string(mustRead(t, log))
	torn := before[strings.LastIndex(before, "\n")+1:]
	m := regexp.MustCompile(`WARN (\d+) lines are missing here: the log could not be written\n`).FindStringSubmatch(after)
	if torn == "" || !strings.HasPrefix(after, torn) || m == nil {
		t.Fatalf("before %s\nafter %s", before, after)
	}
	missing, err := strconv.Atoi(m[1])
	check(t, err)
	whole := regexp.MustCompile(`(?m)^20\S+ WARN AwaitConfirm1: .* remote=127\.0\.0\.1:\d+\n`)
	if n := len(whole.FindAllString(before, -1)) + len(whole.FindAllString(after, -1)); n+missing != 20 {
		t.Errorf("%d lines are there and %d missing, wanted 20: before %s\nafter %s", n, missing, before, after)
	}
	for line := range strings.Lines(after) {
		if !fileLine.MatchString(line) {
			t.Errorf("%q", line)
		}
	}
}
