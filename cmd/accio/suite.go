package main

import (
	"fmt"
	"net"
	"os"
	"time"

	"accio/conform"
	"accio/internal/cli"
	"accio/internal/share"
	"accio/transport"

	"github.com/spf13/pflag"
)

// suiteFlags say which cases are run, and how.
type suiteFlags struct {
	role      string
	selection conform.Selection
	level     string
	shard     share.Share
	expected  string
	suiteOf   conform.Suite
	idle      cli.Limit
	patience  cli.Limit
	limits    limitFlags
	flags     *pflag.FlagSet
}

func newSuiteFlags(flags *pflag.FlagSet, role string) *suiteFlags {
	o := &suiteFlags{role: role, flags: flags, idle: cli.Limit(transport.DefaultIdleTimeout), patience: cli.Limit(conform.DefaultPatience)}
	flags.SortFlags = false
	flags.StringArrayVar(&o.selection.Run, "run", nil, "only the cases whose id matches the `GLOB`, or what is below it; may be given more than once")
	flags.StringArrayVar(&o.selection.Skip, "skip", nil, "not those that match this `GLOB`; may be given more than once")
	cli.Choice(flags, &o.level, "level", "required: what the assignment says; strict: also what the contract decides", "strict", "required")
	flags.BoolVar(&o.suiteOf.Large, "large", false, "also the cases that send gigabytes")
	flags.Var(&o.shard, "shard", "only every Nth case, from the Ith on")
	flags.StringVar(&o.expected, "expect-fail", "", "the cases named in `FILE` are known to fail; one that passes fails the run")
	flags.IntVar(&o.suiteOf.Repeat, "repeat", 1, "run each case so often")
	flags.IntVar(&o.suiteOf.Jobs, "jobs", 0, "so many cases at the same time; 0 is as many as pay")
	flags.Var(&o.idle, "idle-limit", "the idle limit that the program has")
	flags.Var(&o.patience, "patience", "wait so long for what should come at once, and twice as long when a case is tried again alone")
	o.limits.add(flags)
	return o
}

// suite is what the flags say.
func (o *suiteFlags) suite() (*conform.Suite, error) {
	s := &o.suiteOf
	if s.Repeat < 1 || s.Jobs < 0 {
		return nil, cli.Usagef("--repeat %d, --jobs %d: they must be numbers from 1 on (jobs also 0)", s.Repeat, s.Jobs)
	}
	if err := o.limits.check(); err != nil {
		return nil, err
	}
	all := conform.Cases(o.role)
	o.selection.Level, o.selection.Shard = conform.Level(o.level), o.shard
	var err error
	if s.Cases, err = o.selection.Choose(all); err != nil {
		return nil, &cli.UsageError{Text: err.Error()}
	}
	if o.flags.Changed("expect-fail") {
		if s.Expected, err = readExpected(o.expected, all); err != nil {
			return nil, err
		}
	}
	s.Idle, s.Patience = time.Duration(o.idle), time.Duration(o.patience)
	s.Limits, s.Env, s.Sandbox = o.limits.limits(), o.limits.env, o.limits.sandbox
	return s, nil
}

func readExpected(name string, all []conform.Case) ([]string, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	patterns, err := conform.ReadExpected(f, all)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	return patterns, nil
}

func hostPort(address string) error {
	host, port, err := net.SplitHostPort(address)
	if err == nil && host != "" {
		_, err = cli.Port(port)
	}
	if err != nil || host == "" {
		return cli.Usagef("--address %q: it must be HOST:PORT, for example 192.0.2.1:5000", address)
	}
	return nil
}
