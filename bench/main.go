// Command bench measures Accio servers side by side: this project's and others
// (docs/benchmarks.md).
//
//	go run ./bench
//
// It starts each server afresh for each measurement, lets the servers take
// turns (A B C, A B C, …), and takes the CPU time of a server and its children
// from the operating system. What every server printed is checked; a wrong
// count ends the run. All traffic is on 127.0.0.1.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"slices"
	"syscall"
	"time"
)

func main() {
	o, err := parse(os.Args[1:], os.Stderr)
	if errors.Is(err, flag.ErrHelp) {
		return
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "ERROR:", err)
		os.Exit(2)
	}
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGINT, syscall.SIGTERM)
	defer stop()
	err = run(ctx, o, os.Stdout, os.Stderr)
	if err != nil {
		fmt.Fprintln(os.Stderr, "ERROR:", err)
		os.Exit(1)
	}
}

// run measures and prints the report on out; log is told what is going on.
func run(ctx context.Context, o *options, out, log io.Writer) error {
	dir, err := os.MkdirTemp("", "bench-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	load, err := newClient(o.writes)
	if err != nil {
		return err
	}
	defer load.close()

	r := &report{Machine: machine(ctx), Command: commandLine(os.Args[1:]), asked: o.base}
	present, err := prepare(ctx, dir, o, r)
	if err != nil {
		return err
	}
	for _, m := range r.Missing {
		fmt.Fprintf(log, "skipped: %s: %s\n", m.Server, m.Reason)
	}
	began := time.Now()
	for _, w := range workloads(o) {
		results, err := w.run(ctx, load, o.timeout, present, func(round int, p *peer) {
			fmt.Fprintf(log, "%4.0f s  %s, round %d of %d: %s\n", time.Since(began).Seconds(), w.name, round+1, w.rounds, p.name)
		})
		if err != nil {
			return err
		}
		r.add(w, results)
	}
	if o.json {
		return r.writeJSON(out)
	}
	return r.writeMarkdown(out)
}

// prepare builds the chosen peers and returns those that can be measured; it
// puts them, the others and the base into the report.
func prepare(ctx context.Context, dir string, o *options, r *report) (present []*peer, err error) {
	for _, p := range o.chosen() {
		var missing *missingError
		switch p.argv, err = p.prepare(ctx, dir); {
		case errors.As(err, &missing):
			r.Missing = append(r.Missing, skipped{p.name, missing.Error()})
		case err != nil:
			return nil, err
		default:
			present = append(present, p)
			r.Servers = append(r.Servers, about{p.name, p.about})
		}
	}
	if len(present) == 0 {
		return nil, errors.New("none of the chosen servers is there")
	}
	has := func(name string) bool {
		return slices.ContainsFunc(present, func(p *peer) bool { return p.name == name })
	}
	if o.base != "" && !has(o.base) {
		return nil, fmt.Errorf("the base %s is not among the servers measured", o.base)
	}
	for _, name := range append([]string{o.base}, append(defaultBase, present[0].name)...) {
		if has(name) {
			r.Base = name
			break
		}
	}
	return present, nil
}
