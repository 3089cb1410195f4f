package cage

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"accio/internal/require"
)

// patience is how long a test waits for what must happen.
const patience = 20 * time.Second

func run(t *testing.T, c Command) *Process {
	t.Helper()
	p, err := Start(c)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { p.End() })
	return p
}

func sh(script string) Command { return Command{Args: []string{"sh", "-c", script}} }

// wait expects the program to end.
func wait(t *testing.T, p *Process) Status {
	t.Helper()
	select {
	case <-p.Exited():
	case <-time.After(patience):
		t.Fatalf("it did not end: %+v", p.Status())
	}
	return p.Status()
}

// says expects a text on standard output.
func says(t *testing.T, p *Process, want string) string {
	t.Helper()
	late := time.After(patience)
	for {
		text, ended, more := p.Stdout.Text()
		if strings.Contains(text, want) {
			return text
		}
		if ended {
			t.Fatalf("it said %q, wanted %q", text, want)
		}
		select {
		case <-more:
		case <-late:
			t.Fatalf("it said %q, wanted %q", text, want)
		}
	}
}

// alive counts the processes whose command line has a mark.
func alive(mark string) (n int) {
	files, _ := filepath.Glob("/proc/[0-9]*/cmdline")
	for _, file := range files {
		if text, _ := os.ReadFile(file); strings.Contains(string(text), mark) {
			n++
		}
	}
	return n
}

// runs expects processes with a mark; between two programs one has no command line.
func runs(t *testing.T, mark string) {
	t.Helper()
	for start := time.Now(); alive(mark) == 0; time.Sleep(time.Millisecond) {
		if time.Since(start) > patience {
			t.Fatal("nothing runs")
		}
	}
}

func left(t *testing.T, mark string) {
	t.Helper()
	for start := time.Now(); alive(mark) > 0; time.Sleep(time.Millisecond) {
		if time.Since(start) > patience {
			t.Fatalf("%d processes are left", alive(mark))
		}
	}
}

func TestStatus(t *testing.T) {
	for script, want := range map[string]Status{
		"exit 0":        {},
		"exit 7":        {Code: 7},
		"kill -TERM $$": {Code: -1, Signal: syscall.SIGTERM},
	} {
		got := wait(t, run(t, sh(script)))
		got.Memory = 0
		if got != want {
			t.Errorf("%s: %+v, wanted %+v", script, got, want)
		}
	}
}

func TestWhatCannotBeStarted(t *testing.T) {
	text := filepath.Join(t.TempDir(), "text")
	if err := os.WriteFile(text, []byte("\x7fELF, but no more"), 0o700); err != nil {
		t.Fatal(err)
	}
	for _, args := range [][]string{nil, {""}, {"/nowhere/program"}, {"no-such-program"}, {t.TempDir()}, {text}} {
		p, err := Start(Command{Args: args})
		if err == nil {
			p.End()
		}
		if !errors.Is(err, ErrStart) {
			t.Errorf("%q: %v", args, err)
		}
	}
}

// A session of its own, an empty directory, a small environment, no descriptors.
func TestSurroundings(t *testing.T) {
	t.Setenv("ACCIO_SECRET", "1")
	t.Setenv("ACCIO_SHOWN", "2")
	open, err := os.Open(os.DevNull)
	if err != nil {
		t.Fatal(err)
	}
	defer open.Close()
	c := sh(`env | cut -d= -f1 | sort | tr '\n' ' '; echo; ls -A | wc -l; test "$PWD" = "$TMPDIR" && echo there; ls /proc/self/fd | wc -l; ps -o sid= -p $$ >/dev/null; cat; echo end`)
	c.Env = []string{"ACCIO_SHOWN", "ACCIO_ABSENT"}
	p := run(t, c)
	text := says(t, p, "end\n")
	lines := strings.Split(text, "\n")
	for _, name := range strings.Fields(lines[0]) {
		switch name {
		case "ACCIO_SHOWN", "PATH", "HOME", "LANG", "TMPDIR", "PWD", "OLDPWD", "SHLVL", "_":
		default:
			t.Errorf("it has the variable %s", name)
		}
	}
	if !strings.Contains(lines[0], "ACCIO_SHOWN") || strings.Join(lines[1:], " ") != "0 there 4 end " {
		t.Errorf("it said %q", text)
	}
}

// Files are named as in a shell, although the program runs elsewhere.
func TestNamesOfFiles(t *testing.T) {
	t.Chdir(t.TempDir())
	if err := os.WriteFile("script.sh", []byte("echo \"$1\" \"$2\"; cat \"$2\""), 0o600); err != nil {
		t.Fatal(err)
	}
	p := run(t, Command{Args: []string{"sh", "script.sh", "5000", "script.sh"}})
	if text := says(t, p, "cat"); !strings.HasPrefix(text, "5000 /") {
		t.Errorf("it said %q", text)
	}
}

func TestOutputs(t *testing.T) {
	p := run(t, sh("echo out; echo err >&2"))
	wait(t, p)
	p.End()
	out, ended, _ := p.Stdout.Text()
	err, ended2, _ := p.Stderr.Text()
	if out != "out\n" || err != "err\n" || !ended || !ended2 {
		t.Errorf("%q %v, %q %v", out, ended, err, ended2)
	}
}

func TestHeldOutput(t *testing.T) {
	c := sh("echo out")
	c.Held = true
	p := run(t, c)
	wait(t, p)
	if text, _, _ := p.Stdout.Text(); text != "" {
		t.Errorf("it was read: %q", text)
	}
	p.Read()
	says(t, p, "out\n")

	c = sh("trap '' PIPE; while echo out; do :; done 2>/dev/null; exit 3")
	c.Held = true
	p = run(t, c)
	p.CloseStdout()
	if got := wait(t, p); got.Code != 3 {
		t.Errorf("%+v", got)
	}
}

func TestSignal(t *testing.T) {
	p := run(t, sh("trap 'echo got; exit 5' TERM; echo ready; while :; do sleep 0.05; done"))
	says(t, p, "ready")
	if err := p.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	if got := wait(t, p); got.Code != 5 {
		t.Errorf("%+v", got)
	}
	if err := p.Signal(syscall.SIGTERM); err != ErrExited {
		t.Error(err)
	}
}

// Children with sessions of their own, which ignore signals, whose parents have
// ended: nothing is left of them, nor of the directory.
func TestNothingIsLeft(t *testing.T) {
	mark := fmt.Sprintf("mark-left-%d", os.Getpid())
	for name, script := range map[string]string{
		"child":   `trap '' TERM INT HUP QUIT; sleep 1001 & echo $PWD; exec sh -c "trap '' TERM; while :; do sleep 0.1; done; : $0"`,
		"session": `setsid sh -c "trap '' TERM HUP; while :; do sleep 0.1; done; : $0" & sleep 0.2; echo $PWD`,
		"orphan":  `(setsid sh -c "(while :; do sleep 0.1; done; : $0) &" &) ; sleep 0.2; mkdir no; touch no/file; chmod 0 no; echo $PWD`,
	} {
		t.Run(name, func(t *testing.T) {
			c := sh(script)
			c.Args = append(c.Args, mark+name)
			p := run(t, c)
			dir := strings.TrimSpace(says(t, p, "\n"))
			runs(t, mark+name)
			p.End()
			left(t, mark+name)
			if _, err := os.Stat(dir); !os.IsNotExist(err) {
				t.Errorf("%s: %v", dir, err)
			}
		})
	}
}

// killed is what this test is in a process that is going to be killed.
const killed = "ACCIO_CAGE_KILLED"

// Nothing is left even when this process is killed.
func TestNothingIsLeftOfTheKilled(t *testing.T) {
	if mark := os.Getenv(killed); mark != "" {
		c := sh(`trap '' TERM HUP; setsid sh -c "while :; do sleep 0.1; done; : $0" & echo $PWD; while :; do sleep 0.1; done`)
		c.Args = append(c.Args, mark)
		p := run(t, c)
		fmt.Println("dir:", says(t, p, "\n"))
		select {}
	}
	mark := fmt.Sprintf("mark-killed-%d", os.Getpid())
	cmd := exec.Command(os.Args[0], "-test.run=^TestNothingIsLeftOfTheKilled$")
	cmd.Env = append(os.Environ(), killed+"="+mark)
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	line := make([]byte, 200)
	n, _ := out.Read(line)
	dir, ok := strings.CutPrefix(strings.TrimSpace(string(line[:n])), "dir: ")
	if !ok {
		t.Errorf("%q", line[:n])
	}
	runs(t, mark)
	cmd.Process.Kill()
	cmd.Wait()
	left(t, mark)
	for start := time.Now(); time.Since(start) < patience; time.Sleep(time.Millisecond) {
		if _, err := os.Stat(dir); os.IsNotExist(err) {
			return
		}
	}
	t.Errorf("%s is left", dir)
}

// A supervisor that is stopped, or killed, holds nobody up, and leaves nothing.
func TestSupervisorGone(t *testing.T) {
	for name, sig := range map[string]syscall.Signal{"stopped": syscall.SIGSTOP, "killed": syscall.SIGKILL, "asked to end": syscall.SIGTERM} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			mark := fmt.Sprintf("mark-%s-%d", name, os.Getpid())
			c := sh(`echo $PWD; while :; do sleep 0.1; done; : $0`)
			c.Args = append(c.Args, mark)
			p := run(t, c)
			dir := strings.TrimSpace(says(t, p, "\n"))
			for _, pid := range children(strconv.Itoa(os.Getpid())) {
				if owns(pid, mark) {
					n, err := strconv.Atoi(pid)
					if err != nil {
						t.Fatal(err)
					}
					syscall.Kill(n, sig)
				}
			}
			p.End()
			left(t, mark)
			if _, err := os.Stat(dir); !os.IsNotExist(err) {
				t.Errorf("%s: %v", dir, err)
			}
		})
	}
}

// owns reports whether a process has a child with a mark.
func owns(pid, mark string) bool {
	for _, child := range children(pid) {
		if text, _ := os.ReadFile("/proc/" + child + "/cmdline"); strings.Contains(string(text), mark) {
			return true
		}
	}
	return false
}

func TestLimits(t *testing.T) {
	python := require.Tool(t, "python3")
	for name, test := range map[string]struct {
		limits Limits
		args   []string
	}{
		"memory":                {Limits{Memory: 100 << 20}, []string{python, "-c", "a = [bytearray(1 << 20) for i in range(1 << 20)]"}},
		"memory that is shared": {Limits{Memory: 100 << 20}, []string{python, "-c", "import mmap, time\nm = mmap.mmap(-1, 400 << 20)\nfor i in range(0, 400 << 20, 4096): m[i] = 1\ntime.sleep(9999)"}},
		"CPU time":              {Limits{CPU: time.Second}, []string{"sh", "-c", "while :; do :; done"}},
		"file size":             {Limits{Files: 1 << 20}, []string{"sh", "-c", "exec cat /dev/zero >file"}},
		"file size of one that ignores it": {Limits{Files: 1 << 20}, []string{python, "-c",
			"import time\ntry:\n  f = open('f', 'wb', 0)\n  while True: f.write(bytes(1 << 16))\nexcept OSError: time.sleep(9999)"}},
		"file size of many": {Limits{Files: 1 << 20}, []string{"sh", "-c", "i=0; while :; do i=$((i+1)); head -c 99999 /dev/zero >$i; done"}},
		"output":            {Limits{Output: 1 << 16}, []string{"sh", "-c", "exec cat /dev/zero"}},
		"output to stderr":  {Limits{Output: 1 << 16}, []string{"sh", "-c", "exec cat /dev/zero >&2"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := run(t, Command{Args: test.args, Limits: test.limits})
			got := wait(t, p)
			if p.End(); !strings.HasPrefix(name, got.Limit) || got.Limit == "" {
				t.Errorf("%+v", got)
			}
			if out, _, _ := p.Stdout.Text(); test.limits.Output > 0 && int64(len(out)) > test.limits.Output {
				t.Errorf("%d bytes were kept", len(out))
			}
		})
	}
}

// A program that forks without end is held, and ended.
func TestBomb(t *testing.T) {
	mark := fmt.Sprintf("mark-bomb-%d", os.Getpid())
	c := sh(`f() { f $0 | f $0 & f $0; }; f`)
	c.Args = append(c.Args, mark)
	c.Processes = 50
	if os.Geteuid() == 0 {
		dir := newCgroup(1)
		if dir == "" {
			t.Skip("needs a pids cgroup, as root")
		}
		removeCgroup(dir)
	}
	p := run(t, c)
	most := 0
	for start := time.Now(); most < 20 && p.Status().Limit == "" && time.Since(start) < patience; {
		most = max(most, alive(mark))
	}
	if most > 60 {
		t.Errorf("%d processes", most)
	}
	if os.Geteuid() == 0 {
		if got := wait(t, p); got.Limit != "processes" {
			t.Errorf("%+v", got)
		}
	}
	p.End()
	left(t, mark)
}
