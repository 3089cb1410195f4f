//go:build !portable

package main

import (
	"errors"
	"flag"
	"fmt"
	"iter"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"accio/internal/clitest"

	"golang.org/x/sys/unix"
)

// place is where a system call is made to fail.
type place string

const (
	starting  place = "starting"   // before main
	listens   place = "listening"  // once it listens
	inService place = "in service" // on the socket of the first connection, from AwaitConfirm1 on
	onStdout  place = "on stdout"  // once it listens
	onStderr  place = "on stderr"  // likewise
	onEventfd place = "on eventfd" // likewise
)

// outcome is what must come of a fault (docs/protocol.md).
type outcome string

const (
	nothingLost outcome = "no difference"          // every session is counted
	isError     outcome = "ERROR"                  // for the first connection (§2.2), and for no other
	waitedOut   outcome = "waited out"             // and told each time; who is accepted is counted (§5.4)
	fatal       outcome = "ERROR: accept"          // and status 1 (§6.3)
	refused     outcome = "ERROR: cannot listen"   // likewise
	lostResult  outcome = "ERROR: standard output" // and status 1; the lines before are right (§6.5)
)

const (
	both     = "fast portable"
	fast     = "fast"
	portable = "portable"
)

// faults are the errors of the manual pages that make sense for each call, the
// first, the second, and every one from the third on. EINTR and EAGAIN for ever
// would be a system that can do nothing; of them it is every other one.
var faults = []struct {
	builds       string
	at           place
	call, errors string
	when         string
	outcome      outcome
}{
	{both, starting, "socket", "EMFILE ENFILE ENOBUFS ENOMEM EACCES", "1", refused},
	{both, starting, "setsockopt", "ENOMEM ENOPROTOOPT", "1 2", refused},
	{fast, starting, "setsockopt", "ENOMEM ENOPROTOOPT", "3", refused},
	{both, starting, "bind", "EACCES EADDRINUSE EADDRNOTAVAIL ENOMEM", "1", refused},
	{both, starting, "listen", "EADDRINUSE ENOBUFS", "1", refused},
	{both, starting, "getsockname", "ENOBUFS", "1", refused},
	{fast, starting, "eventfd2", "EMFILE ENFILE ENODEV ENOMEM", "1", refused},

	{fast, listens, "accept4", "EINTR EAGAIN", "1 2 3+2", nothingLost},
	{portable, listens, "accept4", "EINTR ECONNABORTED", "1 2 3+2", nothingLost},
	{fast, listens, "accept4", "ECONNABORTED", "1 2 3+", waitedOut},
	{both, listens, "accept4", "EMFILE ENFILE ENOBUFS ENOMEM EPERM EPROTO ENETDOWN ENOPROTOOPT EHOSTDOWN ENONET EHOSTUNREACH EOPNOTSUPP ENETUNREACH", "1 2 3+", waitedOut},
	{both, listens, "accept4", "EBADF EINVAL ENOTSOCK", "1 2 3+", fatal},
	{fast, listens, "ppoll", "EINTR", "1 2 3+2", nothingLost},
	{fast, listens, "ppoll", "ENOMEM", "1 2 3+", waitedOut},
	{portable, listens, "epoll_ctl", "ENOMEM ENOSPC", "1 3+", waitedOut},
	{portable, listens, "epoll_pwait", "EINTR", "1 2 3+2", nothingLost},
	{portable, listens, "getsockname", "ENOBUFS", "1 2 3+", nothingLost},
	{portable, listens, "setsockopt", "ENOMEM", "1 2 3+", nothingLost},

	{both, inService, "read", "EINTR", "1 2 3+2", nothingLost},
	{fast, inService, "read", "EAGAIN", "1 2 3+2", nothingLost},
	{both, inService, "read", "ECONNRESET ETIMEDOUT EHOSTUNREACH ENOMEM EIO", "1 2 3+", isError},
	{both, inService, "write", "EINTR", "1 1+2", nothingLost},
	{fast, inService, "write", "EAGAIN", "1 1+2", nothingLost},
	{both, inService, "write", "ECONNRESET EPIPE ETIMEDOUT EHOSTUNREACH ENOMEM ENOBUFS EIO", "1+", isError},
	{fast, inService, "recvfrom", "EINTR EAGAIN", "1 2 3+2", nothingLost},
	{fast, inService, "recvfrom", "EFAULT EINVAL", "1 2 3+", nothingLost},
	{fast, inService, "recvfrom", "ECONNRESET ETIMEDOUT EHOSTUNREACH ENOMEM", "1 2 3+", isError},
	{fast, inService, "ppoll", "EINTR", "1 2 3+2", nothingLost},
	{fast, inService, "ppoll", "ENOMEM", "1 2 3+", isError},
	{fast, inService, "setsockopt", "ENOMEM EINVAL", "1 1+", nothingLost},
	{both, inService, "close", "EINTR EIO", "1", nothingLost},

	{both, onStdout, "write", "EINTR EAGAIN", "1 2 3+2", nothingLost},
	{both, onStdout, "write", "EIO ENOSPC EDQUOT EFBIG EPIPE", "1 2 3+", lostResult},
	{both, onStderr, "write", "EINTR EAGAIN", "1 2 3+2", nothingLost},
	{both, onStderr, "write", "EIO ENOSPC EDQUOT EFBIG EPIPE", "1 2 3+", nothingLost},
	{fast, onEventfd, "write", "EINTR", "1", nothingLost},
	{fast, onEventfd, "read", "EINTR", "1", nothingLost},
}

// A system call that fails has the outcome that docs/protocol.md gives it, in
// the program as it is built (§2.2, §5.4, §6.3, §6.5, §6.6). Without ACCIO_LONG
// it is the first fault of each row.
func TestSystemCallsThatFail(t *testing.T) {
	t.Parallel()
	mayTrace(t)
	dir := t.TempDir()
	for _, tag := range []string{fast, portable} {
		out, err := exec.Command("go", "build", "-tags", tag, "-o", filepath.Join(dir, tag), ".").CombinedOutput()
		if err != nil {
			t.Fatalf("%v: %s", err, out)
		}
	}
	want, done := 37, atomic.Int32{}
	if long() {
		want = 351
	}
	turns := make(chan struct{}, 6)
	t.Run("faults", func(t *testing.T) {
		for f := range everyFault(dir) {
			t.Run(fmt.Sprintf("%s %s %s=%s %s", filepath.Base(f.program), f.at, f.call, f.errno, f.when), func(t *testing.T) {
				t.Parallel()
				turns <- struct{}{}
				defer func() { <-turns }()
				f.strikes(t)
				done.Add(1)
			})
		}
	})
	if n := int(done.Load()); n != want && !strings.Contains(flag.Lookup("test.run").Value.String(), "/") {
		t.Errorf("%d faults had their outcome, wanted %d", n, want)
	}
}

func long() bool { return os.Getenv("ACCIO_LONG") != "" }

type fault struct {
	program string
	at      place
	injected
	outcome outcome
}

// everyFault has the faults for the programs in dir.
func everyFault(dir string) iter.Seq[fault] {
	return func(yield func(fault) bool) {
	rows:
		for _, row := range faults {
			for _, build := range strings.Fields(row.builds) {
				for _, errno := range strings.Fields(row.errors) {
					for _, when := range strings.Fields(row.when) {
						f := fault{filepath.Join(dir, build), row.at, injected{call: row.call, errno: errno, when: when}, row.outcome}
						if !yield(f) {
							return
						}
						if !long() {
							continue rows
						}
					}
				}
			}
		}
	}
}

// attempts is how often a fault is tried until it has struck: which thread
// makes a call, and in how many pieces bytes are read, is not ours to say.
const attempts = 20

func (f fault) strikes(t *testing.T) {
	t.Helper()
	for range attempts {
		r := &struck{fault: f, server: new(clitest.Process)}
		r.log = filepath.Join(t.TempDir(), "log")
		hits, err := r.run()
		if err != nil {
			log, _ := os.ReadFile(r.log)
			t.Fatalf("%v\nstandard output %q\nstandard error %s\n%d times in:\n%s", err, &r.server.Stdout, &r.server.Stderr, len(hits), log[:min(len(log), 10000)])
		}
		if len(hits) > 0 {
			return
		}
	}
	t.Errorf("it struck in none of %d attempts", attempts)
}

// struck is a run of the server with a fault.
type struck struct {
	fault
	server  *clitest.Process
	tracer  *clitest.Process
	port    int
	last    *net.TCPConn // that is in service at the shutdown and has nothing else to wake the server, or nil
	results []string     // that must be printed
}

// mostCalls is far more than a run needs, and what a server that spins has
// within milliseconds.
const mostCalls = 1000

// run returns the calls that failed.
func (r *struck) run() (hits []string, err error) {
	status, err := 0, r.play()
	if err == nil {
		status, err = r.server.Wait()
	}
	if r.last != nil {
		r.last.Close()
	}
	r.server.Kill()
	if r.tracer != nil {
		if _, err := r.tracer.Wait(); err != nil {
			return nil, err
		}
	}
	hits, calls, errRead := r.read()
	switch {
	case err != nil:
		return hits, err
	case errRead != nil:
		return hits, errRead
	case calls > mostCalls:
		return hits, fmt.Errorf("it spins: %d system calls", calls)
	}
	return hits, r.judge(status, hits)
}

const (
	sessions = 6 // after the first
	// pause is long enough for a server that spins to show it, and for what is
	// sent to be read before what is sent after it.
	pause = 10 * time.Millisecond
)

func (r *struck) play() (err error) {
	if r.at == starting {
		return r.start()
	}
	_, r.port, err = listening(nil, func(cmd *exec.Cmd) (*clitest.Process, error) {
		cmd.Path, r.server = r.program, new(clitest.Process)
		return r.server, r.server.Start(cmd)
	})
	if err != nil {
		return err
	}
	first, err := r.strike()
	if err != nil {
		return err
	}
	if first != nil {
		defer first.Close()
		r.first(first)
	}
	for range sessions {
		time.Sleep(pause)
		if on, err := r.session(); err != nil {
			return err
		} else if !on {
			break
		}
	}
	if r.at == onEventfd {
		if r.last, err = connect(r.port); err != nil {
			return err
		}
		if err := clitest.Talk(r.last, `<accio\r\n`); err != nil {
			return err
		}
		r.results = append(r.results, "ERROR")
	}
	time.Sleep(pause)
	return r.stop()
}

// start has the fault before the server listens.
func (r *struck) start() (err error) {
	if r.port, err = clitest.FreePort(); err != nil {
		return err
	}
	if err = startStopped(r.server, exec.Command(r.program, strconv.Itoa(r.port)), r.log+".start"); err != nil {
		return err
	}
	if r.tracer, err = r.attach(r.server.Pid(), ""); err != nil {
		return err
	}
	if err := r.server.Signal(syscall.SIGCONT); err != nil {
		return err
	}
	if err := r.server.Stderr.Wait(`listening address|^ERROR:|^panic:`); err != nil {
		return err
	}
	return r.stop()
}

// stop tells a server to, if it has not ended by itself.
func (r *struck) stop() error {
	if r.at == onEventfd {
		return r.stopElsewhere()
	}
	if err := r.server.Signal(syscall.SIGTERM); !errors.Is(err, os.ErrProcessDone) {
		return err
	}
	return nil
}

// stopElsewhere tells a server to stop on a thread that does not wait in ppoll:
// one that does might not need to be woken any more.
func (r *struck) stopElsewhere() error {
	pid := r.server.Pid()
	return await(func() bool {
		threads, _ := os.ReadDir(fmt.Sprintf("/proc/%d/task", pid))
		waits, other := false, 0
		for _, thread := range threads {
			call, err := os.ReadFile(fmt.Sprintf("/proc/%d/task/%s/syscall", pid, thread.Name()))
			if err != nil {
				continue
			}
			if strings.HasPrefix(string(call), fmt.Sprint(unix.SYS_PPOLL, " ")) {
				waits = true
			} else {
				fmt.Sscan(thread.Name(), &other)
			}
		}
		return waits && other != 0 && unix.Tgkill(pid, other, unix.SIGTERM) == nil
	})
}

// strike makes the calls fail from now on; first is the connection in service.
func (r *struck) strike() (first *net.TCPConn, err error) {
	before, err := files(r.server.Pid())
	if err != nil {
		return nil, err
	}
	path := ""
	switch r.at {
	case inService:
		if first, err = connect(r.port); err != nil {
			return nil, err
		}
		if err := clitest.Talk(first, `<accio\r\n`); err != nil {
			return nil, err
		}
		after, err := files(r.server.Pid())
		if err != nil {
			return nil, err
		}
		if path = socket(after, before); path == "" {
			return nil, fmt.Errorf("no new socket among %v", after)
		}
	case listens:
		if r.call == "ppoll" { // which connections wait by too
			path = socket(before, nil)
		}
	case onStdout:
		path = before[1]
	case onStderr:
		path = before[2]
	case onEventfd:
		path = "anon_inode:[eventfd]"
	}
	r.tracer, err = r.attach(r.server.Pid(), path)
	return first, err
}

// socket returns a socket that is in open and not in but.
func socket(open, but map[int]string) string {
	for fd, name := range open {
		if but[fd] != name && strings.HasPrefix(name, "socket:") {
			return name
		}
	}
	return ""
}

// first goes on with the connection that was in service, in many pieces and
// with a flow that sets the low-water mark.
func (r *struck) first(c *net.TCPConn) {
	const bulk = 3 << 19
	r.results = []string{strconv.Itoa(bulk + len("tail"))}
	if r.outcome == isError {
		r.results[0] = "ERROR"
	}
	for _, step := range []string{
		`>con`, `>firm-`, `>accio\r\n`, `<accio\r\n`, `>confirm-`, `>accio-again\r\n`, `>\r\n`, "bulk", `>tail`, "end", "gone",
	} {
		var err error
		switch {
		case step == "bulk":
			_, err = c.Write(make([]byte, bulk))
		case step == "gone" && r.call == "close":
			return // the server's did not happen
		default:
			err = clitest.Talk(c, step)
		}
		if err != nil {
			return // the result tells whether that was right
		}
		time.Sleep(pause)
	}
}

// session has one more client, and reports whether there can be another.
func (r *struck) session() (on bool, err error) {
	steps, result := []string{header, ">hello", "end", turn, "eof"}, "5"
	if r.at == onStderr { // which an error is told on
		steps, result = []string{">nonsense", "gone"}, "ERROR"
	}
	c, err := connect(r.port)
	if err != nil {
		return false, r.minds(err)
	}
	defer c.Close()
	warnings, played := r.warnings(), make(chan error, 1)
	go func() { played <- clitest.Talk(c, steps...) }()
	for {
		select {
		case err := <-played:
			if err == nil {
				r.results = append(r.results, result)
				return true, nil
			}
			// A connection that the portable server cannot add to its poller
			// is closed by package net and no more than an error of accept.
			return r.call == "epoll_ctl", r.minds(err)
		case <-time.After(pause):
			if r.warnings() > warnings+5 || r.server.Ended() {
				return false, nil // nobody is accepted any more
			}
		}
	}
}

// minds returns the error of a client, if the outcome allows for none.
func (r *struck) minds(err error) error {
	if r.outcome == fatal || r.outcome == lostResult || r.call == "epoll_ctl" {
		return nil
	}
	return err
}

func (r *struck) warnings() int { return strings.Count(r.server.Stderr.String(), "cannot accept") }

func (r *struck) judge(status int, hits []string) error {
	stdout, stderr := r.server.Stdout.String(), r.server.Stderr.String()
	printed := strings.Count(stdout, "\n")
	wantStatus, says := 1, ""
	switch r.outcome {
	case refused:
		says = `\AERROR: cannot listen on port \d+: .+\n\z`
	case fatal:
		says = `^ERROR: accept: .+\n\z`
	case lostResult:
		says = fmt.Sprintf(`^ERROR: standard output: .+; the result of connection %d is lost\n\z`, printed+1)
	case isError:
		wantStatus, says = 0, ` WARN .+ connection=1 remote=`
	default:
		wantStatus = 0
	}
	if len(hits) == 0 {
		return nil // it is tried again
	}
	if r.outcome == lostResult && printed < len(r.results) {
		r.results = r.results[:printed]
	}
	if want := strings.Join(append(r.results, ""), "\n"); stdout != want {
		return fmt.Errorf("standard output is not %q", want)
	}
	if status != wantStatus {
		return fmt.Errorf("exit status %d, wanted %d", status, wantStatus)
	}
	if !regexp.MustCompile("(?m)"+says).MatchString(stderr) || strings.Contains(stderr, "goroutine ") {
		return fmt.Errorf("standard error is not %q", says)
	}
	if r.call == "epoll_ctl" { // removing may fail
		hits = slices.DeleteFunc(hits, func(call string) bool { return !strings.Contains(call, "EPOLL_CTL_ADD") })
	}
	if r.outcome == waitedOut && r.warnings() != len(hits) {
		return fmt.Errorf("%d warnings, wanted %d", r.warnings(), len(hits))
	}
	return nil
}
