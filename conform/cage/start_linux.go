package cage

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"syscall"
)

// Start starts a program. Its errors wrap [ErrStart] where the program is to
// blame. Who has no error must call [Process.End].
func Start(c Command) (*Process, error) {
	path, err := c.resolve()
	if err != nil {
		return nil, err
	}
	dir, err := os.MkdirTemp("", "accio-cage-*")
	if err != nil {
		return nil, err
	}
	s := spec{Path: path, Args: c.located(), Env: c.environment(dir), Dir: dir, Sandbox: c.Sandbox, Limits: c.Limits}
	if c.Sandbox {
		if s.Path, s.Args, err = c.confined(path, dir); err != nil {
			os.Remove(dir)
			return nil, err
		}
	}
	if c.Processes > 0 && os.Geteuid() == 0 {
		s.Cgroup = newCgroup(c.Processes)
	}
	p, err := start(c, s)
	if err != nil {
		os.Remove(dir)
		removeCgroup(s.Cgroup)
		return nil, err
	}
	return p, nil
}

// namespaces are tried one after the other: not everybody may have each. Bubblewrap
// makes its own, and finds its way by /proc, which is not that of one of ours.
func namespaces(sandbox bool) []*syscall.SysProcAttr {
	if sandbox {
		return []*syscall.SysProcAttr{{Setsid: true}}
	}
	if os.Geteuid() == 0 {
		return []*syscall.SysProcAttr{{Setsid: true, Cloneflags: syscall.CLONE_NEWPID}, {Setsid: true}}
	}
	own := func(id int) []syscall.SysProcIDMap {
		return []syscall.SysProcIDMap{{ContainerID: id, HostID: id, Size: 1}}
	}
	return []*syscall.SysProcAttr{
		{Setsid: true, Cloneflags: syscall.CLONE_NEWPID | syscall.CLONE_NEWUSER, UidMappings: own(os.Geteuid()), GidMappings: own(os.Getegid())},
		{Setsid: true},
	}
}

func start(c Command, s spec) (*Process, error) {
	p := &Process{}
	stdout, stderr, err := p.pipes(c)
	if err != nil {
		return nil, err
	}
	defer stdout.Close()
	defer stderr.Close()
	theirs, control, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	defer theirs.Close()
	told, theirTold, err := os.Pipe()
	if err != nil {
		control.Close()
		return nil, err
	}
	defer theirTold.Close()
	var cmd *exec.Cmd
	for _, attr := range namespaces(c.Sandbox) {
		cmd = exec.Command("/proc/self/exe")
		cmd.Args = []string{supervisorName}
		cmd.Env = []string{"GORACE=atexit_sleep_ms=0", "GOMAXPROCS=1"}
		cmd.Stdout, cmd.Stderr = stdout, stderr
		cmd.ExtraFiles = []*os.File{theirs, theirTold}
		cmd.SysProcAttr = attr
		if err = cmd.Start(); err == nil {
			break
		}
	}
	if err != nil {
		control.Close()
		told.Close()
		return nil, err
	}
	theirTold.Close()
	ask, answers := json.NewEncoder(control), json.NewDecoder(told)
	var first news
	if err = ask.Encode(s); err == nil {
		err = answers.Decode(&first)
	}
	switch {
	case err != nil || first.Started:
	case first.Trouble:
		err = fmt.Errorf("%s: %s", c.Args[0], first.Failure)
	default:
		err = fmt.Errorf("%w: %s: %s", ErrStart, c.Args[0], first.Failure)
	}
	if err != nil {
		control.Close()
		told.Close()
		return nil, errors.Join(err, ignoreExit(cmd.Wait()))
	}
	p.signal = func(sig os.Signal) error {
		number, ok := sig.(syscall.Signal)
		if !ok {
			return fmt.Errorf("%v is no signal of this system", sig)
		}
		p.mu.Lock()
		defer p.mu.Unlock()
		return ask.Encode(request{number})
	}
	p.kill = func() { control.Close() } // it may be closed already
	p.force = func() {
		orphans := descendants(strconv.Itoa(cmd.Process.Pid))
		cmd.Process.Kill()
		killEach(orphans)
	}
	go p.follow(cmd, answers, told, s)
	p.begin(c.Held)
	return p, nil
}

// follow takes what the supervisor tells, until it has ended.
func (p *Process) follow(cmd *exec.Cmd, answers *json.Decoder, told *os.File, s spec) {
	defer close(p.gone)
	exited := false
	for {
		var n news
		if err := answers.Decode(&n); err != nil {
			break
		}
		p.take(n)
		if n.Exited && !exited {
			exited = true
			close(p.exited)
		}
	}
	told.Close()
	cmd.Wait()
	(&supervisor{spec: s}).clean() // nothing is left to do if it ended by itself
	if !exited {                   // it was ended from here
		p.mu.Lock()
		p.status.Code, p.status.Signal = -1, syscall.SIGKILL
		p.mu.Unlock()
		close(p.exited)
	}
}

func (p *Process) take(n news) {
	if n.Limit != "" {
		p.hit(n.Limit)
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.status.Memory = max(p.status.Memory, n.Memory)
	if !n.Exited {
		return
	}
	w := syscall.WaitStatus(n.Status)
	if p.status.Code = w.ExitStatus(); w.Signaled() {
		p.status.Code, p.status.Signal = -1, w.Signal()
	}
}

// ignoreExit leaves out that a process has failed.
func ignoreExit(err error) error {
	if _, ok := errors.AsType[*exec.ExitError](err); ok {
		return nil
	}
	return err
}
