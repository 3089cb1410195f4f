package main

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"time"
)

// runAll runs the mutants of one package after the other, and prints each one
// as it is decided. With a limit they come in a random order, so that each has
// a chance, and what the ledger has is not run.
func (o *options) runAll(ctx context.Context, root string, all map[string][]*mutant, st *state, known ledger) (unlisted int, err error) {
	began := time.Now()
	random := rand.New(rand.NewPCG(o.seed, 1))
	names := slices.Sorted(maps.Keys(all))
	if o.limit > 0 || o.sample > 0 {
		fmt.Printf("seed %d\n", o.seed)
		random.Shuffle(len(names), func(i, j int) { names[i], names[j] = names[j], names[i] })
	}
	var mutants []*mutant
	verdicts := map[string]decision{}
	for _, name := range names {
		list := all[name]
		if len(list) == 0 {
			continue
		}
		order := slices.Clone(list)
		if o.limit > 0 {
			random.Shuffle(len(order), func(i, j int) { order[i], order[j] = order[j], order[i] })
		}
		mutants = append(mutants, list...)
		if o.list {
			for _, m := range list {
				fmt.Println(m.ID)
			}
			continue
		}
		ss, err := suites(root, o.state, name, list)
		if err != nil {
			return 0, err
		}
		if err := o.runPackage(ctx, root, order, ss, st, known, verdicts); err != nil {
			return 0, err
		}
	}
	if o.list {
		return 0, nil
	}
	unlisted = report(os.Stdout, mutants, verdicts, known)
	decided := 0
	for _, d := range verdicts {
		if d.verdict != undecided {
			decided++
		}
	}
	fmt.Printf("\n%d of %d mutants decided in %s; %d survived that the ledger does not have\n", decided, len(mutants), time.Since(began).Round(time.Second), unlisted)
	return unlisted, nil
}

func (o *options) runPackage(ctx context.Context, root string, list []*mutant, ss []*suite, st *state, known ledger, verdicts map[string]decision) error {
	var (
		mutex sync.Mutex
		wait  sync.WaitGroup
		errs  error
	)
	next := make(chan *mutant)
	for range o.jobs {
		wait.Go(func() {
			for m := range next {
				var d decision
				var err error
				if e, ok := known[m.ID]; ok && o.limit > 0 {
					d = decision{survived, e.verdict}
				} else {
					d, err = o.decide(ctx, root, m, ss, st)
				}
				mutex.Lock()
				errs = errors.Join(errs, err)
				verdicts[m.ID] = d
				if d.verdict != undecided {
					fmt.Printf("%-9s %s  (%s)\n", d.verdict, m.ID, d.by)
				}
				mutex.Unlock()
			}
		})
	}
	for _, m := range list {
		next <- m
	}
	close(next)
	wait.Wait()
	for _, s := range ss {
		if s.program != "" {
			os.RemoveAll(filepath.Dir(s.program))
		}
	}
	return errs
}

// decide asks one suite after the other until one kills the mutant.
func (o *options) decide(ctx context.Context, root string, m *mutant, ss []*suite, st *state) (decision, error) {
	final := decision{survived, "not covered"}
	for _, s := range ss {
		if o.own && s.pkg != s.mutated {
			continue
		}
		d, ok := st.get(m, s, o.recheck)
		if !ok {
			verdict, by, err := s.try(ctx, m, root)
			if err != nil {
				return decision{undecided, ""}, err
			}
			d = decision{verdict, by}
			if verdict != undecided {
				st.put(m, s, d)
			}
		}
		switch d.verdict {
		case killed:
			return decision{killed, s.String() + " " + d.by}, nil
		case invalid:
			return d, nil
		case undecided:
			final = d
		case survived:
			if d.by == "" && final.verdict == survived {
				final.by = ""
			}
		}
	}
	return final, nil
}
