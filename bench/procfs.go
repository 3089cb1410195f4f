package main

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"time"
)

// hasProc says that the system has the tables of proc(5) that are used here.
const hasProc = runtime.GOOS == "linux"

// tick is the unit of the times in /proc/PID/stat (proc(5), sysconf(3)).
const tick = 10 * time.Millisecond

// The tables of TCP sockets. They list the listeners first, so that the rest
// need not be read; but for the end of tableIPv6 the system looks at every
// socket there is, which takes it many milliseconds after many connections.
const (
	tableIPv4 = "/proc/net/tcp"
	tableIPv6 = "/proc/net/tcp6"
)

// listening reports whether any process listens on a TCP port.
func listening(table string, port int) bool {
	f, err := os.Open(table)
	if err != nil {
		return false
	}
	defer f.Close()
	return listens(f, port)
}

// listens looks for a listener in a table of /proc/net.
func listens(table io.Reader, port int) bool {
	const stateListen = "0A"
	local := fmt.Sprintf(":%04X", port)
	lines := bufio.NewScanner(table)
	for lines.Scan() {
		f := strings.Fields(lines.Text())
		if len(f) < 4 || f[0] == "sl" {
			continue
		}
		if f[3] != stateListen {
			return false
		}
		if strings.HasSuffix(f[1], local) {
			return true
		}
	}
	return false
}

// stat is what is used of /proc/PID/stat.
type stat struct {
	group int           // the process group
	cpu   time.Duration // user and system time, in whole ticks
}

func parseStat(text []byte) (s stat, err error) {
	// The second field is the name, in parentheses, and may hold any of both.
	at := bytes.LastIndexByte(text, ')')
	f := strings.Fields(string(text[at+1:]))
	if at < 0 || len(f) < 13 {
		return s, fmt.Errorf("not a line of /proc/PID/stat: %q", text)
	}
	if s.group, err = strconv.Atoi(f[2]); err != nil {
		return s, err
	}
	for _, field := range f[11:13] {
		n, err := strconv.ParseInt(field, 10, 64)
		if err != nil {
			return s, err
		}
		s.cpu += time.Duration(n) * tick
	}
	return s, nil
}

// parseSchedstat returns how long a thread has run.
func parseSchedstat(text []byte) (time.Duration, error) {
	ran, _, ok := bytes.Cut(text, []byte(" "))
	if !ok {
		return 0, fmt.Errorf("not a line of /proc/PID/schedstat: %q", text)
	}
	n, err := strconv.ParseInt(string(ran), 10, 64)
	return time.Duration(n), err
}

// groupCPU returns the CPU time that the running processes of a group have
// used: of their living threads, by the nanosecond, or in ticks where the
// kernel keeps no schedstat. It is 0 where there is no /proc.
func groupCPU(group int) (total time.Duration) {
	names, _ := filepath.Glob("/proc/[0-9]*/stat")
	for _, name := range names {
		text, err := os.ReadFile(name)
		if err != nil {
			continue
		}
		if s, err := parseStat(text); err == nil && s.group == group {
			total += processCPU(filepath.Dir(name), s.cpu)
		}
	}
	return total
}

func processCPU(dir string, ticks time.Duration) (total time.Duration) {
	threads, _ := filepath.Glob(filepath.Join(dir, "task", "*", "schedstat"))
	for _, name := range threads {
		text, err := os.ReadFile(name)
		if err != nil {
			continue
		}
		ran, err := parseSchedstat(text)
		if err != nil {
			return ticks
		}
		total += ran
	}
	if len(threads) == 0 {
		return ticks
	}
	return total
}
