//go:build !portable

package main

import (
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
	"accio/internal/require"
)

// serving are the system calls of the serving path, by which strace's log shows
// a server that spins.
const serving = "accept4,ppoll,recvfrom,read,write,shutdown,close,setsockopt,socket,bind,listen,getsockname,eventfd2,epoll_ctl,epoll_pwait"

// injected makes strace(1) let calls of a kind fail, or be interrupted, in a
// process. It counts the calls of each thread apart.
type injected struct {
	call, errno, when string // when is FIRST, FIRST+ or FIRST+STEP
	log               string // file
}

func (i injected) arguments(more ...string) []string {
	return append([]string{
		"-f", "-o", i.log, "-e", "signal=none", "-e", "trace=" + serving,
		"-e", "inject=" + i.call + ":error=" + i.errno + ":when=" + i.when,
	}, more...)
}

// attach returns when strace has stopped and released each thread of a process.
// Calls that have a descriptor fail only on the path, if there is one; it is
// what a link in /proc/PID/fd says. strace does not look for it in accept4 and
// epoll_ctl.
func (i injected) attach(pid int, path string) (*clitest.Process, error) {
	args := []string{"-p", strconv.Itoa(pid)}
	if path != "" {
		args = append(args, "-P", path)
	}
	p, err := clitest.Start(exec.Command("strace", i.arguments(args...)...))
	if err != nil {
		return nil, err
	}
	if err := p.Stderr.Wait(`attached|strace: .*not permitted`); err != nil {
		p.Kill()
		return nil, err
	}
	if !strings.Contains(p.Stderr.String(), "attached") {
		p.Kill()
		return nil, fmt.Errorf("%w: %s", os.ErrPermission, &p.Stderr)
	}
	return p, nil
}

// startStopped starts a process, which stops when its runtime has opened its own
// eventfd and before it does anything for main.
func startStopped(p *clitest.Process, cmd *exec.Cmd, log string) error {
	err := p.Start(exec.Command("strace", append([]string{
		"-I", "1", "-D", "-f", "-o", log, "-e", "trace=eventfd2", "-e", "inject=eventfd2:signal=SIGSTOP:when=1", cmd.Path,
	}, cmd.Args[1:]...)...))
	if err != nil {
		return err
	}
	tracer := 0
	if err = await(func() bool {
		text, _ := os.ReadFile(log)
		tracer = tracerOf(p.Pid())
		return tracer != 0 && strings.Contains(string(text), "stopped by SIGSTOP")
	}); err == nil {
		err = syscall.Kill(tracer, syscall.SIGTERM)
	}
	if err == nil {
		err = await(func() bool { return tracerOf(p.Pid()) == 0 })
	}
	return err
}

// tracerOf returns the process that traces a process, or 0.
func tracerOf(pid int) (tracer int) {
	text, _ := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if _, line, ok := strings.Cut(string(text), "\nTracerPid:\t"); ok {
		fmt.Sscan(line, &tracer)
	}
	return tracer
}

// await asks until the answer is yes.
func await(yes func() bool) error {
	for late := time.After(clitest.Patience); !yes(); {
		select {
		case <-late:
			return fmt.Errorf("not within %s", clitest.Patience)
		case <-time.After(5 * time.Millisecond):
		}
	}
	return nil
}

// mayTrace skips the test where strace is missing or not allowed to attach.
func mayTrace(t *testing.T) {
	t.Helper()
	require.Tool(t, "strace")
	p, err := clitest.Start(exec.Command("sleep", "60"))
	check(t, err)
	defer p.Kill()
	s, err := injected{"read", "EINTR", "1", os.DevNull}.attach(p.Pid(), "")
	if errors.Is(err, os.ErrPermission) {
		require.Missing(t, "strace", err.Error())
	}
	check(t, err)
	s.Kill()
}

var resumed = regexp.MustCompile(`^<\.\.\. \w+ resumed>`)

// read returns the calls that failed as they were told to, and how many there
// were in all.
func (i injected) read() (hits []string, calls int, err error) {
	text, err := os.ReadFile(i.log)
	if errors.Is(err, os.ErrNotExist) {
		return nil, 0, nil // it never came to that
	}
	begun := map[string]string{} // by thread
	for line := range strings.Lines(string(text)) {
		thread, call, _ := strings.Cut(line, " ")
		call = strings.TrimSpace(call)
		calls++
		if start, ok := strings.CutSuffix(call, "<unfinished ...>"); ok {
			begun[thread] = start
			continue
		}
		if r := resumed.FindString(call); r != "" {
			call = begun[thread] + call[len(r):]
		}
		if strings.HasSuffix(call, "(INJECTED)") {
			hits = append(hits, call)
		}
	}
	return hits, calls, err
}

// files returns what the descriptors of a process are.
func files(pid int) (map[int]string, error) {
	dir := fmt.Sprintf("/proc/%d/fd", pid)
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, err
	}
	open := map[int]string{}
	for _, e := range entries {
		n, err := strconv.Atoi(e.Name())
		if err != nil {
			return nil, err
		}
		if open[n], err = os.Readlink(filepath.Join(dir, e.Name())); err != nil {
			return nil, err
		}
	}
	return open, nil
}
