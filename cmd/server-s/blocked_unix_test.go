//go:build unix

package main

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"regexp"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"accio/internal/clitest"
)

// toStdout gives a server a standard output of the test's.
func toStdout(f *os.File) func(*exec.Cmd, *clitest.Process) {
	return func(cmd *exec.Cmd, _ *clitest.Process) { cmd.Stdout = f }
}

// A result still blocked on standard output one second after shutdown is given
// up: ERROR: on standard error, exit status 1 (docs/protocol.md §6.5).
func TestBlockedResultIsGivenUpAfterShutdown(t *testing.T) {
	t.Parallel()
	for _, sig := range []syscall.Signal{syscall.SIGQUIT, syscall.SIGTERM, syscall.SIGINT} {
		t.Run(sig.String(), func(t *testing.T) {
			t.Parallel()
			_, w := pipe(t)
			fill(t, w)
			s := startServer(t, toStdout(w), "--verbose")
			s.client(t, header, "end", turn)
			check(t, s.Stderr.Wait("Streaming → Done"))
			started := time.Now()
			s.signal(t, sig)
			s.signal(t, sig)
			s.ends(t, 1)
			if d := time.Since(started); d < resultPatience {
				t.Errorf("it took %s, wanted %s", d, resultPatience)
			}
			check(t, s.Stderr.Wait(`^ERROR: standard output: .* blocked.*; the result of connection 1 is lost\n\z`))
		})
	}
}

// A result that is blocked when the signal comes, and read within the second,
// is not lost (docs/protocol.md §6.5).
func TestBlockedResultIsReadAfterShutdown(t *testing.T) {
	t.Parallel()
	inTime(t, func() (time.Duration, error) {
		r, w := pipe(t)
		filler := fill(t, w)
		s := startServer(t, toStdout(w), "--verbose")
		s.client(t, header, `>hello`, "end", turn)
		check(t, s.Stderr.Wait("Streaming → Done"))
		return s.readAfterShutdown(t, r, w, filler, "5\n")
	})
}

// inTime tests what depends on a result being read within the second. If the test itself
// was too slow for that, what has come of it says nothing, and it is tried again.
func inTime(t *testing.T, try func() (took time.Duration, err error)) {
	t.Helper()
	for tries := 10; ; tries-- {
		took, err := try()
		if err == nil {
			return
		}
		if took < resultPatience/2 || tries == 1 {
			t.Fatalf("read after %s: %v", took, err)
		}
		t.Logf("once more, as it was read after %s: %v", took, err)
	}
}

// readAfterShutdown makes the server end, and then reads what there is in its full pipe and
// expects that after it; took is how long the pipe was full still.
func (s *server) readAfterShutdown(t *testing.T, r, w *os.File, filler int, want string) (took time.Duration, err error) {
	t.Helper()
	began := time.Now()
	s.signal(t, syscall.SIGTERM)
	w.Close()
	_, err = io.CopyN(io.Discard, r, int64(filler))
	took = time.Since(began)
	check(t, err)
	got, err := io.ReadAll(r)
	check(t, err)
	status, err := s.Wait()
	check(t, err)
	if string(got) != want || status != 0 {
		err = fmt.Errorf("standard output %q, wanted %q; exit status %d; standard error: %s", got, want, status, &s.Stderr)
	}
	return took, err
}

// A blocked standard output loses neither results nor connections, and the
// idle limit does not pass for those who wait (docs/protocol.md §2.5, §4.3, §6.5).
func TestBlockedStdoutLosesNothing(t *testing.T) {
	t.Parallel()
	const idle = 2 * time.Second
	r, w := pipe(t)
	filler := fill(t, w)
	s, _ := startTraced(t, toStdout(w), "--verbose", "--idle-timeout", idle.String())
	s.client(t, header, `>1`, "end", turn)
	check(t, s.Stderr.Wait("Streaming → Done on closed connection=1"))
	slow := s.client(t, header, `>22`)
	s.client(t, header, `>333`, "end")
	<-time.After(2 * idle)

	w.Close()
	check(t, r.SetReadDeadline(time.Now().Add(clitest.Patience)))
	_, err := io.CopyN(io.Discard, r, int64(filler))
	check(t, err)
	talk(t, slow, turn, `>22`, "end", "eof")
	check(t, s.Stderr.Wait("Streaming → Done on closed connection=3"))
	s.signal(t, syscall.SIGTERM)
	s.ends(t, 0)
	got, err := io.ReadAll(r)
	check(t, err)
	if string(got) != "1\n4\n3\n" {
		t.Errorf("standard output %q; standard error: %s", got, &s.Stderr)
	}
}

// While nobody reads standard output the log, /readyz and /metrics say so; who
// is alive answers all the same (docs/protocol.md §6.9).
func TestBlockedStdoutIsTold(t *testing.T) {
	t.Parallel()
	r, w := pipe(t)
	filler := fill(t, w)
	s := startServer(t, toStdout(w), "--http", "0")
	check(t, s.Stderr.Wait(pageAddress.String()))
	address := pageAddress.FindStringSubmatch(s.Stderr.String())[1]
	says := func(path string, status int, pattern string) {
		t.Helper()
		resp, err := http.Get(address + path)
		check(t, err)
		body, err := io.ReadAll(resp.Body)
		resp.Body.Close()
		if err != nil || resp.StatusCode != status || !regexp.MustCompile(pattern).Match(body) {
			t.Errorf("%s: %s, %v: %s", path, resp.Status, err, body)
		}
	}
	says("/readyz", 200, `^listening\n$`)
	says("/metrics", 200, `\naccio_output_blocked_seconds 0\n`)
	c := s.client(t, header, ">hello", "end", turn)
	check(t, s.Stderr.Wait(`WARN standard output is blocked: nobody reads it, .* connection=1$`))
	says("/readyz", 503, `^standard output is blocked, nobody reads it\n$`)
	says("/metrics", 200, `\naccio_output_blocked_seconds [1-9]`)
	says("/healthz", 200, `^alive\n$`)
	w.Close()
	check(t, r.SetReadDeadline(time.Now().Add(clitest.Patience)))
	_, err := io.CopyN(io.Discard, r, int64(filler))
	check(t, err)
	talk(t, c, "eof")
	check(t, s.Stderr.Wait(`INFO standard output is read again blocked=\d`))
	says("/readyz", 200, `^listening\n$`)
	says("/metrics", 200, `\naccio_output_blocked_seconds 0\n`)
	s.signal(t, syscall.SIGTERM)
	s.ends(t, 0)
	if n := strings.Count(s.Stderr.String(), "standard output is"); n != 2 {
		t.Errorf("said %d times: %s", n, &s.Stderr)
	}
}

// Standard output that somebody else makes non-blocking meanwhile, and that is
// full for a moment, is blocked and not broken (docs/protocol.md §6.5).
func TestStdoutMadeNonblocking(t *testing.T) {
	t.Parallel()
	for _, read := range []bool{true, false} {
		t.Run(strconv.FormatBool(read), func(t *testing.T) {
			t.Parallel()
			inTime(t, func() (time.Duration, error) {
				r, w := pipe(t)
				filler := fill(t, w)
				s := startServer(t, toStdout(w), "--verbose")
				nonblocking(t, w)
				s.client(t, header, `>hello`, "end", turn)
				check(t, s.Stderr.Wait("Streaming → Done"))
				if read {
					return s.readAfterShutdown(t, r, w, filler, "5\n")
				}
				s.signal(t, syscall.SIGTERM)
				s.ends(t, 1)
				return 0, s.Stderr.Wait(`^ERROR: standard output: .* blocked.*; the result of connection 1 is lost\n\z`)
			})
		})
	}
}

// nonblocking makes a file non-blocking, for all who share it.
func nonblocking(t *testing.T, f *os.File) {
	t.Helper()
	raw, err := f.SyscallConn()
	check(t, err)
	check(t, raw.Control(func(fd uintptr) { err = syscall.SetNonblock(int(fd), true) }))
	check(t, err)
}

// Standard output that nobody can read loses results: ERROR: and exit status 1;
// SIGPIPE does not kill the process (docs/protocol.md §6.5).
func TestStdoutWhoseReaderIsGone(t *testing.T) {
	t.Parallel()
	r, w := pipe(t)
	clitest.Unread(t, r, w)
	s := startServer(t, toStdout(w))
	s.client(t, header, "end", turn)
	s.ends(t, 1)
	check(t, s.Stderr.Wait(`^ERROR: standard output: .*broken pipe; the result of connection 1 is lost\n\z`))
}

// So does a full disk.
func TestStdoutOnAFullDisk(t *testing.T) {
	t.Parallel()
	full, err := os.OpenFile("/dev/full", os.O_WRONLY, 0)
	if errors.Is(err, os.ErrNotExist) {
		t.Skip("needs /dev/full: there is none")
	}
	check(t, err)
	defer full.Close()
	s := startServer(t, toStdout(full))
	s.client(t, header, "end", turn)
	s.ends(t, 1)
	check(t, s.Stderr.Wait(`^ERROR: standard output: .*no space left on device; the result of connection 1 is lost\n\z`))

	cmd := exec.Command("server-s", "--help")
	cmd.Stdout = full
	fails(t, cmd, `\AERROR: .*no space left on device\n\z`)
}

// The line is written before our side closes: a client that has seen the close
// can rely on it (docs/protocol.md §3.4).
func TestLineIsThereWhenTheClientSeesTheClose(t *testing.T) {
	t.Parallel()
	f, err := os.Create(t.TempDir() + "/results")
	check(t, err)
	defer f.Close()
	s := startServer(t, toStdout(f))
	want := ""
	for _, payload := range []string{"", "1", "22", "333", "4444"} {
		s.client(t, header, ">"+payload, "end", turn, "eof")
		want += string('0'+byte(len(payload))) + "\n"
		got, err := os.ReadFile(f.Name())
		check(t, err)
		if string(got) != want {
			t.Fatalf("results %q when the client had seen the close, wanted %q", got, want)
		}
	}
}

// A broken standard error never ends the server (docs/protocol.md §6.6), nor
// does it cost a client its bytes.
func TestBrokenStderr(t *testing.T) {
	t.Parallel()
	for _, how := range []string{"closed", "blocked"} {
		t.Run(how, func(t *testing.T) {
			t.Parallel()
			r, w := pipe(t)
			stopped := make(chan struct{})
			s := startServer(t, func(cmd *exec.Cmd, p *clitest.Process) {
				cmd.Stderr = w
				stopped = make(chan struct{})
				go func() {
					defer close(stopped)
					io.Copy(&p.Stderr, r)
				}()
			}, "--verbose", "--progress", "always")
			check(t, r.SetReadDeadline(time.Unix(1, 0)))
			<-stopped
			if how == "closed" {
				r.Close()
				w.Close()
			} else {
				fill(t, w)
			}
			s.client(t, `>nonsense`, "gone")
			s.client(t, header, `>hello`, "end", turn, "eof")
			s.client(t, `<accio\r\n`, `>confirm-accio\n`, "gone")
			check(t, s.Stdout.Wait(`\AERROR\n5\nERROR\n\z`))
			s.client(t, header, turn)
			s.signal(t, syscall.SIGTERM)
			s.ends(t, 0)
			if got := s.Stdout.String(); got != "ERROR\n5\nERROR\nERROR\n" {
				t.Errorf("standard output %q", got)
			}
		})
	}
}
