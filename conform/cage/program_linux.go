package cage

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"syscall"

	"golang.org/x/sys/unix"
)

// become makes the program of this process, which is the supervisor's child. It
// says on descriptor 3 if it cannot; an exec closes that.
func become() {
	unix.CloseRange(3, ^uint(0), unix.CLOSE_RANGE_CLOEXEC) // ours, and what we have inherited
	err := enter(os.Args[1])
	fmt.Fprint(os.NewFile(3, "failure"), err)
	os.Exit(1)
}

func enter(text string) error {
	var s spec
	if err := json.Unmarshal([]byte(text), &s); err != nil {
		return err
	}
	if err := os.Chdir(s.Dir); err != nil {
		return err
	}
	if s.Cgroup != "" {
		if err := os.WriteFile(filepath.Join(s.Cgroup, "cgroup.procs"), []byte("0"), 0); err != nil {
			return err
		}
	}
	cpu := uint64((s.Limits.CPU + 999_999_999).Seconds())
	for _, l := range []struct {
		resource   int
		soft, hard uint64
	}{
		{unix.RLIMIT_CORE, 0, 0},
		{unix.RLIMIT_CPU, cpu, cpu + 1},
		{unix.RLIMIT_FSIZE, uint64(s.Limits.Files), uint64(s.Limits.Files)},
		{unix.RLIMIT_NPROC, uint64(s.Limits.Processes), uint64(s.Limits.Processes)},
	} {
		if l.soft == 0 && l.resource != unix.RLIMIT_CORE {
			continue
		}
		var had unix.Rlimit
		if err := unix.Getrlimit(l.resource, &had); err != nil {
			return err
		}
		want := unix.Rlimit{Cur: min(l.soft, had.Max), Max: min(l.hard, had.Max)}
		if err := unix.Setrlimit(l.resource, &want); err != nil {
			return fmt.Errorf("limit %d: %w", l.resource, err)
		}
	}
	return syscall.Exec(s.Path, s.Args, s.Env)
}
