package cage

import (
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

const watchInterval = 100 * time.Millisecond

// watch looks at what all the processes use together, and ends them when it is
// more than they may.
func (s *supervisor) watch() {
	told := int64(0)
	for range time.Tick(watchInterval) {
		most := s.measure()
		if most > told+1<<20 {
			told = most
			s.say(news{Memory: most})
		}
		switch {
		case s.Limits.Memory > 0 && most > s.Limits.Memory:
			s.over("memory")
		case s.Limits.Files > 0 && size(s.Dir) >= s.Limits.Files:
			s.over("file size")
		case refused(s.Cgroup):
			s.say(news{Limit: "processes"})
			s.killAll()
		}
	}
}

func (s *supervisor) over(limit string) {
	s.say(news{Limit: limit})
	s.killAll()
}

// measure returns the most memory that was seen: what is resident, but for what is
// mapped of files.
func (s *supervisor) measure() int64 {
	sum := int64(0)
	for _, pid := range descendants(s.self) {
		status := readStatus(pid)
		for _, name := range []string{"RssAnon", "RssShmem"} {
			kb, _ := strconv.ParseInt(strings.TrimSuffix(status[name], " kB"), 10, 64)
			sum += kb << 10
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.most = max(s.most, sum)
	return s.most
}

// descendants returns the numbers in /proc of all that a process has started,
// parents first.
func descendants(pid string) []string {
	list := children(pid)
	for i := 0; i < len(list); i++ {
		list = append(list, children(list[i])...)
	}
	return list
}

func children(pid string) (list []string) {
	files, _ := filepath.Glob("/proc/" + pid + "/task/*/children")
	for _, file := range files {
		text, _ := os.ReadFile(file)
		list = append(list, strings.Fields(string(text))...)
	}
	return list
}

// size returns the bytes of all files in a directory.
func size(dir string) (sum int64) {
	filepath.WalkDir(dir, func(_ string, d fs.DirEntry, err error) error {
		if err != nil || !d.Type().IsRegular() {
			return nil
		}
		if info, err := d.Info(); err == nil {
			sum += info.Size()
		}
		return nil
	})
	return sum
}

// readStatus returns the lines of /proc/PID/status (proc_pid_status(5)).
func readStatus(pid string) map[string]string {
	lines := map[string]string{}
	text, _ := os.ReadFile("/proc/" + pid + "/status")
	for line := range strings.Lines(string(text)) {
		if name, value, ok := strings.Cut(line, ":"); ok {
			lines[name] = strings.TrimSpace(value)
		}
	}
	return lines
}

// depth is in how many PID namespaces we are, as far as /proc tells.
func (s *supervisor) depth() int { return len(strings.Fields(readStatus(s.self)["NSpid"])) }

// lastField returns the number of a process in our namespace.
func lastField(numbers string, depth int) string {
	if f := strings.Fields(numbers); len(f) >= depth && depth > 0 {
		return f[depth-1]
	}
	return ""
}
