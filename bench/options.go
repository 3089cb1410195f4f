package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"time"
)

var workloadNames = []string{"bulk", "small", "handover", "memory", "startup"}

// options are how much of what is measured. Sizes are in GiB.
type options struct {
	bulk       float64
	small      int
	handOver   int // rounds of queueLength hand-overs
	memory     []float64
	memoryRuns int
	startUp    int
	runs       int

	workloads []string
	only      []string // names of peers; empty means all
	with      []*peer
	base      string
	writes    bool          // the client copies from a small buffer
	timeout   time.Duration // for one measurement
	json      bool
}

// short is what -short sets, where nothing else is said.
var short = map[string]string{"bulk": "0.25", "small": "300", "handover": "10", "memory": "0.125,0.25", "memory-runs": "1", "startup": "3", "runs": "2"}

func parse(args []string, w io.Writer) (*options, error) {
	o := &options{workloads: workloadNames}
	flags := flag.NewFlagSet("bench", flag.ContinueOnError)
	flags.SetOutput(w)
	flags.Float64Var(&o.bulk, "bulk", 3, "`GiB` of the bulk session")
	flags.IntVar(&o.small, "small", 4000, "`sessions` of 500 bytes")
	flags.IntVar(&o.handOver, "handover", 50, "`times` that ten clients are queued in one round")
	o.memory = []float64{1, 4, 16}
	flags.Func("memory", "`GiB` of the sessions for peak memory, a list (default 1,4,16)", func(text string) (err error) {
		o.memory, err = sizes(text)
		return err
	})
	flags.IntVar(&o.memoryRuns, "memory-runs", 3, "`rounds` for peak memory")
	flags.IntVar(&o.startUp, "startup", 20, "`starts` in one round")
	flags.IntVar(&o.runs, "runs", 5, "`rounds` for everything else")
	flags.Func("workloads", "only these workloads, a `list` of "+strings.Join(workloadNames, ","), func(text string) error {
		o.workloads = strings.Split(text, ",")
		return known(o.workloads, workloadNames)
	})
	flags.Func("only", "only these servers, a `list` of "+strings.Join(names(peers()), ","), func(text string) error {
		o.only = strings.Split(text, ",")
		return nil
	})
	flags.Func("with", "one more Accio server, `NAME=COMMAND` with {port} in it; may be repeated", func(text string) error {
		name, command, _ := strings.Cut(text, "=")
		if name == "" || !strings.Contains(command, "{port}") {
			return errors.New("wanted NAME=COMMAND with {port} in it")
		}
		o.with = append(o.with, custom(name, strings.Fields(command)))
		return nil
	})
	flags.StringVar(&o.base, "base", "", "the `server` that the others are compared to (default c, or ours where c is missing)")
	flags.BoolVar(&o.writes, "write", false, "the client writes from a buffer that stays in the cache, instead of sendfile(2) from a file that does not")
	flags.DurationVar(&o.timeout, "timeout", 2*time.Minute, "the `limit` for one measurement")
	flags.BoolVar(&o.json, "json", false, "print JSON, with all figures")
	smoke := flags.Bool("short", false, "small sizes and few rounds: to see that everything works")
	if err := flags.Parse(args); err != nil {
		return nil, err
	}
	if flags.NArg() > 0 {
		return nil, fmt.Errorf("wanted flags only, got %q", flags.Args())
	}
	if *smoke {
		given := map[string]bool{}
		flags.Visit(func(f *flag.Flag) { given[f.Name] = true })
		for name, value := range short {
			if !given[name] {
				flags.Set(name, value)
			}
		}
	}
	return o, o.validate()
}

func (o *options) validate() error {
	if o.bulk <= 0 || o.small <= 0 || o.handOver <= 0 || o.memoryRuns <= 0 || o.startUp <= 0 || o.runs <= 0 || o.timeout <= 0 {
		return errors.New("sizes, numbers and limits must be more than 0")
	}
	all := names(append(peers(), o.with...))
	if err := known(o.only, all); err != nil {
		return fmt.Errorf("-only: %w", err)
	}
	if o.base == "" {
		return nil
	}
	if err := known([]string{o.base}, all); err != nil {
		return fmt.Errorf("-base: %w", err)
	}
	return nil
}

// chosen returns the peers to measure. Those given with -with always are.
func (o *options) chosen() []*peer {
	chosen := slices.DeleteFunc(peers(), func(p *peer) bool {
		return len(o.only) > 0 && !slices.Contains(o.only, p.name)
	})
	return append(chosen, o.with...)
}

func names(list []*peer) (names []string) {
	for _, p := range list {
		names = append(names, p.name)
	}
	return names
}

func known(list, all []string) error {
	for _, name := range list {
		if !slices.Contains(all, name) {
			return fmt.Errorf("%q is none of %s", name, strings.Join(all, ", "))
		}
	}
	return nil
}

func sizes(text string) (list []float64, err error) {
	for field := range strings.SplitSeq(text, ",") {
		n, err := strconv.ParseFloat(field, 64)
		if err != nil || !(n > 0) {
			return nil, fmt.Errorf("%q is not a size in GiB", field)
		}
		list = append(list, n)
	}
	return list, nil
}
