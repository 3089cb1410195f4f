package main

import (
	"time"

	"accio/conform/cage"
	"accio/internal/cli"

	"github.com/spf13/pflag"
)

// limitFlags bound what a program under test may use.
type limitFlags struct {
	memory, files, output cli.Size
	cpu                   cli.Limit
	processes             int
	env                   []string
	sandbox               bool
}

func (l *limitFlags) add(flags *pflag.FlagSet) {
	l.memory, l.files, l.output, l.cpu = 1<<30, 64<<20, 1<<20, cli.Limit(time.Minute)
	flags.StringArrayVar(&l.env, "env", nil, "hand on this variable of the environment; may be given more than once")
	flags.Var(&l.memory, "max-memory", "of all processes of the program")
	flags.Var(&l.cpu, "max-cpu", "time of each of its processes, in whole seconds")
	flags.Var(&l.files, "max-file", "size of a file of its, and of all in its directory")
	flags.Var(&l.output, "max-output", "size of what it prints")
	flags.IntVar(&l.processes, "max-processes", 256, "number of its processes and threads")
	flags.BoolVar(&l.sandbox, "sandbox", false, "run it under bubblewrap: it can write to its directory alone")
}

func (l *limitFlags) check() error {
	if l.processes < 1 {
		return cli.Usagef("--max-processes %d: it must be a number from 1 on", l.processes)
	}
	return nil
}

func (l *limitFlags) limits() cage.Limits {
	return cage.Limits{Memory: int64(l.memory), CPU: time.Duration(l.cpu), Files: int64(l.files), Output: int64(l.output), Processes: l.processes}
}
