package clitest

import (
	"fmt"
	"os"
	"os/exec"
	"time"
)

// Process is a command that was started. The zero value is one that was not
// yet.
type Process struct {
	// Stdout and Stderr record what the command has no writer of its own for.
	Stdout, Stderr Stream

	cmd    *exec.Cmd
	exited chan struct{}
	killed bool // before it ended
}

// Start starts cmd.
func Start(cmd *exec.Cmd) (*Process, error) {
	p := new(Process)
	return p, p.Start(cmd)
}

// Start starts cmd. An output that cmd has is left to it.
func (p *Process) Start(cmd *exec.Cmd) error {
	p.cmd, p.exited = cmd, make(chan struct{})
	key, value := race()
	cmd.Env = append(cmd.Environ(), key+"="+value)
	if cmd.Stdout == nil {
		cmd.Stdout = &p.Stdout
	}
	if cmd.Stderr == nil {
		cmd.Stderr = &p.Stderr
	}
	if err := cmd.Start(); err != nil {
		return err
	}
	go func() {
		defer close(p.exited)
		cmd.Wait()
	}()
	return nil
}

// Signal sends a signal.
func (p *Process) Signal(s os.Signal) error { return p.cmd.Process.Signal(s) }

// Pid returns the process's id.
func (p *Process) Pid() int { return p.cmd.Process.Pid }

// Ended reports whether the process has ended. One that was not started has
// not.
func (p *Process) Ended() bool {
	select {
	case <-p.exited:
		return true
	default:
		return false
	}
}

// Wait waits for the end of the process and returns its exit status, -1 if a
// signal killed it.
func (p *Process) Wait() (int, error) {
	select {
	case <-p.exited:
		return p.cmd.ProcessState.ExitCode(), nil
	case <-time.After(Patience):
		return 0, fmt.Errorf("still running after %s; stdout %q, stderr %q", Patience, &p.Stdout, &p.Stderr)
	}
}

// Kill ends the process, if it runs.
func (p *Process) Kill() {
	if p.cmd == nil || p.cmd.Process == nil {
		return
	}
	select {
	case <-p.exited:
		return
	default:
		p.killed = true
	}
	p.cmd.Process.Kill()
	<-p.exited
}
