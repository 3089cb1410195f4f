package cage

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"
)

// Limits bound what a program may use. Zero is no limit.
type Limits struct {
	Memory    int64         // bytes of all its processes; looked at ten times a second
	CPU       time.Duration // of each process, in whole seconds (RLIMIT_CPU)
	Files     int64         // bytes of a file (RLIMIT_FSIZE), and of all in its directory
	Output    int64         // bytes on standard output, and on standard error
	Processes int           // processes and threads at a time; root needs a pids cgroup for it
}

// Command is a program to be run.
type Command struct {
	Args    []string // the program and its arguments; not empty; names of files count from our working directory
	Env     []string // names of variables that it gets beside PATH, HOME, LANG and TMPDIR
	Held    bool     // its standard output is not read before Process.Read
	Sandbox bool     // under bubblewrap: it can write to its directory alone, and to a /tmp and /dev/shm that are gone afterwards
	Limits
}

// ErrStart is wrapped by the errors of [Start] that the program is to blame for:
// there is no such file, or it cannot be executed.
var ErrStart = errors.New("cannot be started")

// resolve returns the path of the program: with a slash it counts from our
// working directory, as in a shell, although the program runs in another.
func (c Command) resolve() (string, error) {
	if len(c.Args) == 0 || c.Args[0] == "" {
		return "", fmt.Errorf("%w: no command", ErrStart)
	}
	path, err := exec.LookPath(c.Args[0])
	if err != nil {
		return "", fmt.Errorf("%w: %w", ErrStart, err)
	}
	return filepath.Abs(path)
}

// located returns the arguments, of which those behind the program that name a file
// or a directory, as seen from our working directory, are absolute: the program
// runs in another.
func (c Command) located() []string {
	args := append([]string{}, c.Args...)
	for i, arg := range args {
		if _, err := os.Stat(arg); i == 0 || err != nil {
			continue
		}
		if abs, err := filepath.Abs(arg); err == nil {
			args[i] = abs
		}
	}
	return args
}

// environment is what the program gets.
func (c Command) environment(dir string) []string {
	env := []string{"TMPDIR=" + dir}
	for _, name := range append([]string{"PATH", "HOME", "LANG", "SystemRoot"}, c.Env...) {
		if value, ok := os.LookupEnv(name); ok {
			env = append(env, name+"="+value)
		}
	}
	return env
}

// confined returns the command line that runs the program under bubblewrap.
func (c Command) confined(path, dir string) (bwrap string, args []string, err error) {
	if bwrap, err = exec.LookPath("bwrap"); err != nil {
		return "", nil, fmt.Errorf("the sandbox wants bubblewrap: %w", err)
	}
	args = strings.Fields("bwrap --unshare-pid --ro-bind / / --dev /dev --proc /proc --die-with-parent --tmpfs /tmp --chdir")
	args = append(args, dir, "--bind", dir, dir, "--ro-bind", path, path)
	told := c.located()[1:]
	for _, arg := range told { // what it is told to read may stand in /tmp
		if _, err := os.Stat(arg); err == nil && filepath.IsAbs(arg) {
			args = append(args, "--ro-bind", arg, arg)
		}
	}
	return bwrap, append(append(args, "--", path), told...), nil
}
