package cage

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// newCgroup makes a pids cgroup below our own (cgroups(7)), as RLIMIT_NPROC does
// not bind root. It returns nothing where that cannot be.
func newCgroup(most int) string {
	text, err := os.ReadFile("/proc/self/cgroup")
	if err != nil {
		return ""
	}
	for line := range strings.Lines(string(text)) {
		f := strings.SplitN(strings.TrimSpace(line), ":", 3)
		if len(f) != 3 {
			continue
		}
		parent := ""
		switch {
		case f[1] == "pids":
			parent = filepath.Join("/sys/fs/cgroup/pids", f[2])
		case f[0] == "0":
			parent = filepath.Join("/sys/fs/cgroup", f[2])
		default:
			continue
		}
		dir, err := os.MkdirTemp(parent, "accio-cage-*")
		if err != nil {
			continue
		}
		if os.WriteFile(filepath.Join(dir, "pids.max"), fmt.Append(nil, most), 0) == nil {
			return dir
		}
		os.Remove(dir)
	}
	return ""
}

// removeCgroup removes a cgroup, and ends what is still in it; the kernel may be
// about that for a while.
func removeCgroup(dir string) {
	if dir == "" {
		return
	}
	for range 100 {
		if os.Getpid() != 1 { // in a namespace these numbers are others
			left, _ := os.ReadFile(filepath.Join(dir, "cgroup.procs"))
			killEach(strings.Fields(string(left)))
		}
		if err := os.Remove(dir); err == nil || os.IsNotExist(err) {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
}

// refused reports whether a process was refused in the cgroup.
func refused(dir string) bool {
	if dir == "" {
		return false
	}
	text, err := os.ReadFile(filepath.Join(dir, "pids.events"))
	return err == nil && !strings.HasPrefix(string(text), "max 0\n")
}
