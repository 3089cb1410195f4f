//go:build !unix

package cage

import (
	"os"
	"syscall"
)

func session() *syscall.SysProcAttr { return nil }

func killSession(p *os.Process) { p.Kill() }

func deadly(*os.ProcessState) os.Signal { return nil }
