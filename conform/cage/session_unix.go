//go:build unix && !linux

package cage

import (
	"os"
	"syscall"
)

func session() *syscall.SysProcAttr { return &syscall.SysProcAttr{Setsid: true} }

// killSession kills what has stayed in the program's group.
func killSession(p *os.Process) { syscall.Kill(-p.Pid, syscall.SIGKILL) }

// deadly is the signal that ended a program, or nil.
func deadly(s *os.ProcessState) os.Signal {
	if w, ok := s.Sys().(syscall.WaitStatus); ok && w.Signaled() {
		return w.Signal()
	}
	return nil
}
