package main

import (
	"context"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"syscall"
	"time"
)

// packages are what the ledger is about.
var packages = []string{"./fsm", "./transport", "./trace", "./modelcheck", "./cmd/..."}

type options struct {
	file    *regexp.Regexp
	changed string
	sample  int
	seed    uint64
	limit   time.Duration
	jobs    int
	state   string
	ledger  string
	recheck bool
	own     bool
	list    bool
}

func main() {
	o := options{}
	flags := flag.NewFlagSet("mutate", flag.ExitOnError)
	flags.Usage = func() {
		fmt.Fprintf(flags.Output(), "Usage: go run ./mutate [FLAG]... [PACKAGE]...\nPackages are %s if none is named.\n", strings.Join(packages, " "))
		flags.PrintDefaults()
	}
	file := flags.String("file", "", "only mutants of files whose path matches this `regexp`")
	flags.StringVar(&o.changed, "changed", "", "only mutants of files that differ from this git `revision`")
	flags.IntVar(&o.sample, "sample", 0, "only this `number` of mutants, of one package, both chosen at random")
	flags.Uint64Var(&o.seed, "seed", uint64(time.Now().UnixNano()), "of the sample and of the order")
	flags.DurationVar(&o.limit, "time", 0, "stop after this `time`; what is not decided by then is not counted")
	flags.IntVar(&o.jobs, "jobs", runtime.NumCPU(), "mutants at the same time")
	flags.StringVar(&o.state, "state", "", "remember verdicts in this `directory` (default: accio-mutate in the user's cache)")
	flags.StringVar(&o.ledger, "ledger", "", "the `file` of known survivors (default: mutate/ledger.txt)")
	flags.BoolVar(&o.recheck, "recheck", false, "what was killed once is killed, whatever has changed since")
	flags.BoolVar(&o.own, "own", false, "ask only the tests of the package itself")
	flags.BoolVar(&o.list, "list", false, "only name the mutants")
	flags.Parse(os.Args[1:])
	var err error
	if o.file, err = regexp.Compile(*file); err != nil {
		fmt.Fprintln(os.Stderr, "ERROR:", err)
		os.Exit(2)
	}
	patterns := flags.Args()
	if len(patterns) == 0 {
		patterns = packages
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	unlisted, err := run(ctx, o, patterns)
	if err != nil {
		fmt.Fprintln(os.Stderr, "ERROR:", err)
	}
	if err != nil || unlisted > 0 {
		os.Exit(1)
	}
}

// moduleRoot is the directory of go.mod.
func moduleRoot() (string, error) {
	out, err := exec.Command("go", "list", "-m", "-f={{.Dir}}").Output()
	return strings.TrimSpace(string(out)), err
}

func run(ctx context.Context, o options, patterns []string) (unlisted int, err error) {
	root, err := moduleRoot()
	if err != nil {
		return 0, err
	}
	all, err := load(root, patterns)
	if err != nil {
		return 0, err
	}
	if err := o.choose(root, all); err != nil {
		return 0, err
	}
	if o.ledger == "" {
		o.ledger = filepath.Join(root, "mutate", "ledger.txt")
	}
	known, err := readLedger(o.ledger)
	if err != nil {
		return 0, err
	}
	if o.state == "" {
		cache, err := os.UserCacheDir()
		if err != nil {
			return 0, err
		}
		o.state = filepath.Join(cache, "accio-mutate")
	}
	if err := os.MkdirAll(o.state, 0o755); err != nil {
		return 0, err
	}
	st, err := openState(filepath.Join(o.state, "verdicts"))
	if err != nil {
		return 0, err
	}
	defer st.file.Close()
	if o.limit > 0 {
		var cancel func()
		ctx, cancel = context.WithTimeout(ctx, o.limit)
		defer cancel()
	}
	return o.runAll(ctx, root, all, st, known)
}

// choose leaves in all what the options ask for.
func (o *options) choose(root string, all map[string][]*mutant) error {
	changed := map[string]bool{}
	if o.changed != "" {
		cmd := exec.Command("git", "diff", "--name-only", "--relative", o.changed)
		cmd.Dir = root
		out, err := cmd.Output()
		if err != nil {
			return fmt.Errorf("git diff %s: %w", o.changed, err)
		}
		for _, name := range strings.Fields(string(out)) {
			changed[name] = true
		}
	}
	var left []string
	for name, list := range all {
		all[name] = slices.DeleteFunc(list, func(m *mutant) bool { return !o.file.MatchString(m.File) || o.changed != "" && !changed[m.File] })
		for range all[name] {
			left = append(left, name)
		}
	}
	if o.sample == 0 || len(left) == 0 {
		return nil
	}
	slices.Sort(left)
	random := rand.New(rand.NewPCG(o.seed, 0))
	only := left[random.IntN(len(left))]
	for name, list := range all {
		if name != only {
			delete(all, name)
			continue
		}
		random.Shuffle(len(list), func(i, j int) { list[i], list[j] = list[j], list[i] })
		all[name] = list[:min(o.sample, len(list))]
	}
	return nil
}
