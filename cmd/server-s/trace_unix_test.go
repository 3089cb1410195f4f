//go:build unix

package main

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"accio/internal/cli"
	"accio/internal/clitest"
	"accio/protocol"
	"accio/trace"
)

// A trace that cannot be written is said once, and loses no result
// (docs/trace.md).
func TestTraceThatCannotBeWritten(t *testing.T) {
	t.Parallel()
	if _, err := os.Stat("/dev/full"); errors.Is(err, os.ErrNotExist) {
		t.Skip("needs /dev/full: there is none")
	}
	s := startServer(t, nil, "--trace", "/dev/full")
	for range 3 {
		s.client(t, header, `>hello`, "end", turn, "eof")
	}
	s.signal(t, syscall.SIGTERM)
	s.ends(t, 0)
	if got := s.Stdout.String(); got != "5\n5\n5\n" {
		t.Errorf("standard output %q", got)
	}
	log := s.Stderr.String()
	if strings.Count(log, "WARN") != 1 || !strings.Contains(log, "WARN trace: write /dev/full: no space left on device; from here on nothing is traced\n") {
		t.Errorf("standard error %q", log)
	}
}

// A file that can hold no more has whole connections only (docs/trace.md).
func TestTraceOnAFullDisk(t *testing.T) {
	t.Parallel()
	name, sessions := t.TempDir()+"/trace", 8
	s := startServer(t, func(cmd *exec.Cmd, _ *clitest.Process) { clitest.Limited(cmd, "-f", 2) }, "--trace", name)
	for range sessions {
		s.client(t, header, `>hello`, "end", turn, "eof")
	}
	s.signal(t, syscall.SIGTERM)
	s.ends(t, 0)
	if got := s.Stdout.String(); got != strings.Repeat("5\n", sessions) {
		t.Errorf("standard output %q", got)
	}
	if log := s.Stderr.String(); strings.Count(log, "WARN") != 1 || !strings.Contains(log, ": file too large; from here on nothing is traced\n") {
		t.Errorf("standard error %q", log)
	}
	text, err := os.ReadFile(name)
	check(t, err)
	report, err := trace.Check(bytes.NewReader(text), &protocol.Server)
	if err != nil || len(report.Violations) > 0 || report.Connections == 0 || report.Connections >= sessions {
		t.Errorf("%+v, %v, of\n%s", report, err, text)
	}
}

// Of two servers with one trace the second does not start, and says why
// (docs/trace.md).
func TestTraceOfAnotherServer(t *testing.T) {
	t.Parallel()
	first, name := startTraced(t, nil)
	first.client(t, header, `>hello`, "end", turn, "eof")
	for _, flags := range [][]string{{"--trace", name}, {"--trace", name, "--trace-append"}} {
		port, err := clitest.FreePort()
		check(t, err)
		fails(t, exec.Command("server-s", append(flags, strconv.Itoa(port))...), `\AERROR: cannot write the trace: `+name+`: another program writes this trace; choose another file\n\z`)
	}
	first.client(t, header, `>hello`, "end", turn, "eof")
	first.signal(t, syscall.SIGTERM)
	first.ends(t, 0)
}

// A device that is not there is no named pipe.
func TestTraceWithoutATerminal(t *testing.T) {
	t.Parallel()
	if _, err := os.Stat("/dev/tty"); errors.Is(err, os.ErrNotExist) {
		t.Skip("needs /dev/tty: there is none")
	}
	port, err := clitest.FreePort()
	check(t, err)
	cmd := exec.Command("server-s", "--trace", "/dev/tty", strconv.Itoa(port))
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	fails(t, cmd, `\AERROR: cannot write the trace: open /dev/tty: .*; nothing is behind that device; a process without a terminal has no /dev/tty\n\z`)
}

// namedPipe returns the name of a pipe in the file system.
func namedPipe(t *testing.T) string {
	t.Helper()
	name := t.TempDir() + "/pipe"
	check(t, syscall.Mkfifo(name, 0o600))
	return name
}

// A trace may be a pipe; one that nobody has opened is refused.
func TestTraceIntoAPipe(t *testing.T) {
	t.Parallel()
	name := namedPipe(t)
	read, err := os.OpenFile(name, os.O_RDONLY|syscall.O_NONBLOCK, 0)
	check(t, err)
	defer read.Close()
	s := startServer(t, nil, "--trace", name)
	s.client(t, header, `>hello`, "end", turn, "eof")
	s.signal(t, syscall.SIGTERM)
	s.ends(t, 0)
	report, err := trace.Check(read, &protocol.Server)
	if err != nil || len(report.Violations) > 0 || report.Lines != 6 {
		t.Errorf("%+v, %v", report, err)
	}

	fails(t, exec.Command("server-s", "--trace", namedPipe(t), strconv.Itoa(s.port)), `\AERROR: cannot write the trace: open .*; nobody reads that named pipe, start its reader first\n\z`)
}

// A pipe that nobody reads any more holds a connection up for a second, once.
func TestTraceIntoABlockedPipe(t *testing.T) {
	t.Parallel()
	name := namedPipe(t)
	both, err := os.OpenFile(name, os.O_RDWR, 0)
	check(t, err)
	defer both.Close()
	fill(t, both)
	s := startServer(t, nil, "--trace", name)
	started := time.Now()
	for range 3 {
		s.client(t, header, `>hello`, "end", turn, "eof")
	}
	if d := time.Since(started); d < trace.Patience || d > 4*trace.Patience {
		t.Errorf("it took %s, wanted about %s", d, trace.Patience)
	}
	s.signal(t, syscall.SIGTERM)
	s.ends(t, 0)
	if got := s.Stdout.String(); got != "5\n5\n5\n" || strings.Count(s.Stderr.String(), "WARN trace: ") != 1 {
		t.Errorf("standard output %q, standard error %q", got, &s.Stderr)
	}
}

// What a session of 500 bytes costs, the client's share included, with and
// without a trace.
func BenchmarkServer(b *testing.B) {
	null, err := os.OpenFile(os.DevNull, os.O_WRONLY, 0)
	if err != nil {
		b.Fatal(err)
	}
	defer null.Close()
	defer func(f *os.File) { os.Stdout = f }(os.Stdout)
	os.Stdout = null
	stream := []byte(protocol.Confirm1 + protocol.Confirm2 + string(make([]byte, 500)))
	for _, name := range []string{"plain", "traced"} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			port, err := clitest.FreePort()
			if err != nil {
				b.Fatal(err)
			}
			o := options{port: port, idleTimeout: cli.Limit(10 * time.Second)}
			if name == "traced" {
				o.trace = b.TempDir() + "/trace"
			}
			log, said := io.Pipe()
			stderr := &console{out: cli.NewOutput(said), columns: func() int { return 0 }}
			ctx, stop := context.WithCancel(b.Context())
			served := make(chan error, 1)
			go func() { served <- serve(ctx, ctx, o, stderr) }()
			if _, err := bufio.NewReader(log).ReadString('\n'); err != nil {
				b.Fatal(err)
			}
			go io.Copy(io.Discard, log)
			for b.Loop() {
				c, err := connect(port)
				if err != nil {
					b.Fatal(err)
				}
				c.Write(stream)
				c.CloseWrite()
				if n, err := io.Copy(io.Discard, c); n != 14 || err != nil {
					b.Fatal(n, err)
				}
				c.Close()
			}
			stop()
			if err := <-served; err != nil {
				b.Fatal(err)
			}
		})
	}
}
