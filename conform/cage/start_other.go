//go:build !linux

package cage

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"sync"
)

// Start starts a program. Its errors wrap [ErrStart] where the program is to
// blame. Who has no error must call [Process.End].
func Start(c Command) (*Process, error) {
	path, err := c.resolve()
	if err != nil {
		return nil, err
	}
	if c.Sandbox {
		return nil, errors.New("the sandbox is bubblewrap, which is for Linux")
	}
	dir, err := os.MkdirTemp("", "accio-cage-*")
	if err != nil {
		return nil, err
	}
	p := &Process{}
	stdout, stderr, err := p.pipes(c)
	if err != nil {
		os.Remove(dir)
		return nil, err
	}
	defer stdout.Close()
	defer stderr.Close()
	cmd := &exec.Cmd{Path: path, Args: c.located(), Env: c.environment(dir), Dir: dir, Stdout: stdout, Stderr: stderr, SysProcAttr: session()}
	if err := cmd.Start(); err != nil {
		p.out.Close()
		p.err.Close()
		os.Remove(dir)
		return nil, fmt.Errorf("%w: %w", ErrStart, err)
	}
	p.signal = cmd.Process.Signal
	var once sync.Once
	ended := make(chan struct{})
	p.kill = func() { once.Do(func() { close(ended) }) }
	p.force = func() { cmd.Process.Kill() }
	go func() {
		state, _ := cmd.Process.Wait()
		p.mu.Lock()
		if state != nil {
			p.status.Code, p.status.Signal = state.ExitCode(), deadly(state)
		}
		p.mu.Unlock()
		close(p.exited)
	}()
	go func() {
		defer close(p.gone)
		<-ended
		killSession(cmd.Process)
		<-p.exited
		os.RemoveAll(dir)
	}()
	p.begin(c.Held)
	return p, nil
}
