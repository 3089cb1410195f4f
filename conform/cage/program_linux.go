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
	s, err := enter(os.Args[1])
	failure := ""
	if err != nil {
		failure = trouble + err.Error()
	} else {
		failure = syscall.Exec(s.Path, s.Args, s.Env).Error()
	}
	fmt.Fprint(os.NewFile(3, "failure"), failure)
	os.Exit(1)
}

// enter goes to where the program runs, and takes on its limits.
func enter(text string) (s spec, err error) {
	if err := json.Unmarshal([]byte(text), &s); err != nil {
		return s, err
	}
	if err := os.Chdir(s.Dir); err != nil {
		return s, err
	}
	if s.Cgroup != "" {
		if err := os.WriteFile(filepath.Join(s.Cgroup, "cgroup.procs"), []byte("0"), 0); err != nil {
			return s, err
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
			return s, err
		}
		want := unix.Rlimit{Cur: min(l.soft, had.Max), Max: min(l.hard, had.Max)}
		if err := unix.Setrlimit(l.resource, &want); err != nil {
			return s, fmt.Errorf("limit %d: %w", l.resource, err)
		}
	}
	return s, nil
}
