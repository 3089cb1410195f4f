package clitest

import (
	"errors"
	"os"
	"os/exec"
	"runtime"
	"strconv"
	"syscall"

	"github.com/rogpeppe/go-internal/testscript"
)

// Commands returns what scripts can do with commands:
//
//	exits STATUS PROGRAM [ARGUMENT...]   run it, with that exit status
//	start NAME PROGRAM [ARGUMENT...]     run it in the background
//	prints NAME PATTERN                  wait for that on its standard output
//	logs NAME PATTERN                    wait for that on its standard error
//	signal NAME INT|TERM|QUIT            send it a signal
//	ends NAME STATUS                     wait for its end, with that exit status
//	halt NAME                            tell it to stop and wait for its end
//
// After exits, ends and halt, the commands stdout and stderr apply.
func Commands() map[string]func(*testscript.TestScript, bool, []string) {
	return map[string]func(*testscript.TestScript, bool, []string){
		"exits":  exits,
		"start":  start,
		"prints": prints,
		"logs":   logs,
		"signal": signal,
		"ends":   ends,
		"halt":   halt,
	}
}

var signals = map[string]syscall.Signal{"INT": syscall.SIGINT, "TERM": syscall.SIGTERM, "QUIT": syscall.SIGQUIT}

// Run starts a process that lives as long as the script, at most.
func Run(ts *testscript.TestScript, name string, cmd *exec.Cmd) *Process {
	cmd.Dir = ts.MkAbs(".")
	p, err := Start(cmd)
	ts.Check(err)
	ts.Defer(func() {
		p.Kill()
		if s := p.Stderr.String(); s != "" {
			ts.Logf("[stderr of %s]\n%s", name, s)
		}
	})
	Named(ts).processes[name] = p
	return p
}

func arguments(ts *testscript.TestScript, neg bool, args []string, least int, usage string) {
	if neg || len(args) < least {
		ts.Fatalf("usage: %s", usage)
	}
}

func status(ts *testscript.TestScript, text string) int {
	n, err := strconv.Atoi(text)
	ts.Check(err)
	return n
}

func exits(ts *testscript.TestScript, neg bool, args []string) {
	arguments(ts, neg, args, 2, "exits STATUS PROGRAM [ARGUMENT...]")
	got := 0
	if err := ts.Exec(args[1], args[2:]...); err != nil {
		exit, ok := errors.AsType[*exec.ExitError](err)
		if !ok {
			ts.Fatalf("%v", err)
		}
		got = exit.ExitCode()
	}
	if want := status(ts, args[0]); got != want {
		ts.Fatalf("exit status %d, wanted %d", got, want)
	}
}

func start(ts *testscript.TestScript, neg bool, args []string) {
	arguments(ts, neg, args, 2, "start NAME PROGRAM [ARGUMENT...]")
	Run(ts, args[0], exec.Command(args[1], args[2:]...))
}

func prints(ts *testscript.TestScript, neg bool, args []string) {
	arguments(ts, neg, args, 2, "prints NAME PATTERN")
	ts.Check(process(ts, args[0]).Stdout.Wait(args[1]))
}

func logs(ts *testscript.TestScript, neg bool, args []string) {
	arguments(ts, neg, args, 2, "logs NAME PATTERN")
	ts.Check(process(ts, args[0]).Stderr.Wait(args[1]))
}

func signal(ts *testscript.TestScript, neg bool, args []string) {
	arguments(ts, neg, args, 2, "signal NAME INT|TERM|QUIT")
	ts.Check(process(ts, args[0]).Signal(signals[args[1]]))
}

func ends(ts *testscript.TestScript, neg bool, args []string) {
	arguments(ts, neg, args, 2, "ends NAME STATUS")
	p := process(ts, args[0])
	got, err := p.Wait()
	ts.Check(err)
	p.show(ts)
	if want := status(ts, args[1]); got != want {
		ts.Fatalf("exit status %d, wanted %d", got, want)
	}
}

func halt(ts *testscript.TestScript, neg bool, args []string) {
	arguments(ts, neg, args, 1, "halt NAME")
	p := process(ts, args[0])
	if runtime.GOOS == "windows" { // has no signals
		p.Kill()
		p.show(ts)
		return
	}
	ts.Check(p.Signal(os.Interrupt))
	ends(ts, false, []string{args[0], "0"})
}

// show makes what the process wrote that of the script's last command.
func (p *Process) show(ts *testscript.TestScript) {
	ts.Stdout().Write([]byte(p.Stdout.String()))
	ts.Stderr().Write([]byte(p.Stderr.String()))
}

func process(ts *testscript.TestScript, name string) *Process {
	p := Named(ts).processes[name]
	if p == nil {
		ts.Fatalf("there is no process %q", name)
	}
	return p
}
