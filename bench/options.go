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

var workloadNames = slices.Concat(ofOne, ofMany)

// allWorkloads are those, and what takes so long that it has to be asked for.
var allWorkloads = append(slices.Clone(workloadNames), "soak")

// ofOne are the workloads of one client at a time, ofMany those of many at once.
var (
	ofOne  = []string{"bulk", "small", "handover", "memory", "startup"}
	ofMany = []string{"many-small", "many-bulk", "idle"}

	ofManyAndSoak = append(slices.Clone(ofMany), "soak")
)

// options are how much of what is measured. Sizes are in GiB.
type options struct {
	bulk       float64
	small      int
	handOver   int // rounds of queueLength hand-overs
	memory     []float64
	memoryRuns int
	startUp    int
	runs       int

	clients   int // at once, in the workloads of many
	manySmall int
	manyBulk  int
	idle      int // connections
	idleSmall int // sessions among them
	quiet     time.Duration

	duration    time.Duration // of a soak
	soakClients int
	soakPlaces  string // for --concurrency

	workloads []string
	only      []string // names of peers; empty means all
	with      []*peer
	base      string
	writes    bool          // the client copies from a small buffer
	timeout   time.Duration // for one measurement
	json      bool
}

// short is what -short sets, where nothing else is said.
var short = map[string]string{"bulk": "0.25", "small": "300", "handover": "10", "memory": "0.125,0.25", "memory-runs": "1", "startup": "3", "runs": "2",
	"many-small": "2000", "many-bulk": "300", "idle": "1000", "idle-small": "1000", "quiet": "500ms", "duration": "10s", "soak-clients": "50"}

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
	flags.IntVar(&o.clients, "clients", 256, "`clients` at once in many-small and many-bulk")
	flags.IntVar(&o.manySmall, "many-small", 20000, "`sessions` of 500 bytes by many clients")
	flags.IntVar(&o.manyBulk, "many-bulk", 4000, "`sessions` of 1 MiB by many clients")
	flags.IntVar(&o.idle, "idle", 10000, "`connections` that stay idle")
	flags.IntVar(&o.idleSmall, "idle-small", 10000, "`sessions` of 500 bytes among idle connections")
	flags.DurationVar(&o.quiet, "quiet", 3*time.Second, "how `long` nothing happens to idle connections")
	flags.DurationVar(&o.duration, "duration", 3*time.Minute, "how `long` a soak takes")
	flags.IntVar(&o.soakClients, "soak-clients", 250, "`clients` at once in a soak")
	flags.StringVar(&o.soakPlaces, "soak-places", "max", "how `many` connections the server may serve at a time in a soak")
	flags.IntVar(&o.runs, "runs", 5, "`rounds` for everything else")
	flags.Func("workloads", "only these workloads, a `list` of "+strings.Join(allWorkloads, ",")+"; soak is done only if it is named", func(text string) error {
		o.workloads = strings.Split(text, ",")
		return known(o.workloads, allWorkloads)
	})
	flags.Func("only", "only these servers, a `list` of "+strings.Join(names(peers()), ","), func(text string) error {
		o.only = strings.Split(text, ",")
		return nil
	})
	another := func(workloads []string) func(text string) error {
		return func(text string) error {
			name, command, _ := strings.Cut(text, "=")
			if name == "" || !strings.Contains(command, "{port}") {
				return errors.New("wanted NAME=COMMAND with {port} in it")
			}
			o.with = append(o.with, custom(name, strings.Fields(command), workloads))
			return nil
		}
	}
	flags.Func("with", "one more Accio server, `NAME=COMMAND` with {port} in it; may be repeated", another(ofOne))
	flags.Func("with-many", "the same with one that serves many connections at once, and gives idle ones a minute or more (for a soak: a few seconds)", another(ofManyAndSoak))
	flags.StringVar(&o.base, "base", "", "the `server` that the others are compared to (default c, or ours where c is missing; of many clients c-epoll, or ours-many)")
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
	if o.bulk <= 0 || o.small <= 0 || o.handOver <= 0 || o.memoryRuns <= 0 || o.startUp <= 0 || o.runs <= 0 || o.timeout <= 0 ||
		o.clients <= 0 || o.manySmall <= 0 || o.manyBulk <= 0 || o.idle <= 0 || o.idleSmall <= 0 || o.quiet <= 0 {
		return errors.New("sizes, numbers and limits must be more than 0")
	}
	if o.duration < time.Second || o.soakClients <= 0 || o.soakClients > 1000 {
		return errors.New("a soak takes a second or more, and 1 to 1000 clients")
	}
	if n, err := strconv.Atoi(o.soakPlaces); o.soakPlaces != "max" && (err != nil || n < 1) {
		return fmt.Errorf("-soak-places %s: wanted max or a number from 1", o.soakPlaces)
	}
	all := names(append(peers(), o.with...))
	if err := known(o.only, all); err != nil {
		return fmt.Errorf("-only: %w", err)
	}
	for _, p := range o.with {
		if !o.uses(p) {
			return fmt.Errorf("%s is given for none of the workloads %s: -with is for one client at a time, -with-many for many", p.name, strings.Join(o.workloads, ","))
		}
	}
	if o.base == "" {
		return nil
	}
	if err := known([]string{o.base}, all); err != nil {
		return fmt.Errorf("-base: %w", err)
	}
	return nil
}

// uses says whether one of the workloads can be done by a peer.
func (o *options) uses(p *peer) bool { return slices.ContainsFunc(o.workloads, p.does) }

// chosen returns the peers to measure. Those given with -with always are.
func (o *options) chosen() []*peer {
	chosen := slices.DeleteFunc(peers(), func(p *peer) bool {
		return !o.uses(p) || len(o.only) > 0 && !slices.Contains(o.only, p.name)
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
