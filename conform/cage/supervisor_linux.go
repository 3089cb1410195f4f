package cage

import (
	"encoding/json"
	"io"
	"io/fs"
	"os"
	"os/signal"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// supervisor runs one program, and ends all of it when descriptor 3 ends.
type supervisor struct {
	spec
	self string // our number in /proc, which need not be that of our namespace

	mu      sync.Mutex // guards what follows, and the order of news
	tell    *json.Encoder
	program int           // 0 once it has been reaped
	alone   chan struct{} // no child is left
	most    int64         // bytes of memory
}

func supervise() {
	unix.Prctl(unix.PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
	unix.CloseOnExec(3)
	unix.CloseOnExec(4)
	// What the program may send us changes nothing; handlers are not inherited.
	signal.Notify(make(chan os.Signal, 1), unix.SIGTERM, unix.SIGINT, unix.SIGHUP, unix.SIGQUIT)
	asked := json.NewDecoder(os.NewFile(3, "requests"))
	s := &supervisor{tell: json.NewEncoder(os.NewFile(4, "news")), alone: make(chan struct{})}
	if asked.Decode(&s.spec) != nil {
		os.Exit(1)
	}
	s.self, _ = os.Readlink("/proc/self")
	if os.Getpid() != 1 {
		s.Limits.Processes = 0 // RLIMIT_NPROC would count all that the user runs
	}
	if failure := s.begin(); failure != "" {
		cannot, ours := strings.CutPrefix(failure, trouble)
		s.say(news{Failure: cannot, Trouble: ours})
		s.clean()
		os.Exit(1)
	}
	s.say(news{Started: true})
	// The outputs are the program's alone, or nobody would see their end.
	null, _ := os.OpenFile(os.DevNull, os.O_RDWR, 0)
	for fd := range 3 {
		unix.Dup3(int(null.Fd()), fd, 0)
	}
	go s.reap()
	go s.watch()
	for {
		var r request
		if asked.Decode(&r) != nil {
			break
		}
		s.forward(r.Signal)
	}
	s.sweep()
	s.clean()
	os.Exit(0)
}

// begin starts the program, and returns why it could not.
func (s *supervisor) begin() string {
	failure, theirs, err := os.Pipe()
	if err != nil {
		return trouble + err.Error()
	}
	defer failure.Close()
	text, err := json.Marshal(s.spec)
	if err != nil {
		return trouble + err.Error()
	}
	s.program, err = syscall.ForkExec("/proc/self/exe", []string{programName, string(text)}, &syscall.ProcAttr{
		Env:   []string{"GORACE=atexit_sleep_ms=0", "GOMAXPROCS=1"},
		Files: []uintptr{0, 1, 2, theirs.Fd()},
		Sys:   &syscall.SysProcAttr{Setsid: true},
	})
	theirs.Close()
	if err != nil {
		return trouble + err.Error()
	}
	why, _ := io.ReadAll(failure)
	return string(why)
}

func (s *supervisor) say(n news) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.tell.Encode(n)
}

// reap takes in every child, and every orphan of theirs, as long as there are any.
func (s *supervisor) reap() {
	for {
		var status unix.WaitStatus
		var used unix.Rusage
		pid, err := unix.Wait4(-1, &status, 0, &used)
		switch {
		case err == unix.EINTR:
		case err != nil:
			close(s.alone)
			return
		case pid == s.program:
			s.ended(status, used)
		}
	}
}

func (s *supervisor) ended(status unix.WaitStatus, used unix.Rusage) {
	n := news{Exited: true, Status: int(status), Memory: s.measure()}
	cpu := time.Duration(used.Utime.Nano() + used.Stime.Nano())
	switch limit := s.Limits.CPU; {
	case !status.Signaled():
	case status.Signal() == unix.SIGXFSZ:
		n.Limit = "file size"
	case status.Signal() == unix.SIGXCPU || limit > 0 && status.Signal() == unix.SIGKILL && cpu >= limit:
		n.Limit = "CPU time"
	}
	if refused(s.Cgroup) {
		n.Limit = "processes"
	}
	s.mu.Lock()
	s.program = 0
	s.mu.Unlock()
	s.say(n)
}

// forward sends a signal to the program: under bubblewrap to what that runs.
func (s *supervisor) forward(sig syscall.Signal) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.program == 0 {
		return
	}
	if !s.Sandbox {
		unix.Kill(s.program, sig)
		return
	}
	for _, pid := range descendants(s.self) {
		if status := readStatus(pid); status["Name"] != "bwrap" {
			if pid, err := strconv.Atoi(lastField(status["NSpid"], s.depth())); err == nil {
				unix.Kill(pid, sig)
			}
			return
		}
	}
}

// sweep kills everything until nothing is left. What hangs in the kernel the end
// of the namespace ends.
func (s *supervisor) sweep() {
	for range 500 {
		s.killAll()
		select {
		case <-s.alone:
			return
		case <-time.After(10 * time.Millisecond):
		}
	}
}

func (s *supervisor) killAll() {
	if os.Getpid() == 1 { // of a namespace: of all that is in it
		unix.Kill(-1, unix.SIGKILL)
		return
	}
	killEach(descendants(s.self))
}

// killEach kills processes by their numbers in our namespace.
func killEach(pids []string) {
	for _, pid := range pids {
		if n, err := strconv.Atoi(pid); err == nil {
			unix.Kill(n, unix.SIGKILL)
		}
	}
}

func (s *supervisor) clean() {
	removeCgroup(s.Cgroup)
	if os.RemoveAll(s.Dir) != nil { // a directory that cannot be written
		filepath.WalkDir(s.Dir, func(name string, d fs.DirEntry, err error) error {
			if d != nil && d.IsDir() {
				os.Chmod(name, 0o700)
			}
			return nil
		})
		os.RemoveAll(s.Dir)
	}
}
