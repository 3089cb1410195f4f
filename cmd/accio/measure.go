package main

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"time"

	"accio/fsm"
	"accio/model"
	"accio/model/guarded"
	"accio/model/spin"
	"accio/modelcheck"
)

// queueLimit is above the number of states of the longest queue.
const queueLimit = 50_000_000

// measure prints what the exploration of each queue took.
func measure(out io.Writer, clients int, withSPIN bool) error {
	if tool := spin.Missing(); withSPIN && tool != "" {
		return fmt.Errorf("%s is not installed", tool)
	}
	fmt.Fprintf(out, "%-8s %-7s %10s %11s %9s %9s\n", "clients", "checker", "states", "edges", "seconds", "B/state")
	row := func(k int, checker string, states, edges int, elapsed time.Duration, bytes float64) {
		text := "-" // of so few states that the fixed cost hides it
		if states >= 10_000 {
			text = fmt.Sprintf("%.0f", bytes)
		}
		fmt.Fprintf(out, "%-8d %-7s %10d %11d %9.2f %9s\n", k, checker, states, edges, elapsed.Seconds(), text)
	}
	for k := 1; k <= clients; k++ {
		p := model.Queue(&fsm.Server, k)
		begun := time.Now()
		r, bytes := weigh(p)
		row(k, "accio", r.States, r.Edges, time.Since(begun), bytes)
		if !r.OK() {
			return fmt.Errorf("%d clients: not every claim holds\n%v", k, r)
		}
		if !withSPIN {
			continue
		}
		size, err := explore(p, r.States)
		if err != nil {
			return err
		}
		row(k, "spin", size.States, size.Edges, size.Elapsed, size.Bytes)
		if size.States != r.States || size.Edges != r.Edges {
			return fmt.Errorf("%d clients: the checkers do not agree", k)
		}
	}
	return nil
}

// weigh checks p and returns the most heap that was seen in use, a state.
func weigh(p *guarded.Program) (modelcheck.Report[guarded.State], float64) {
	used := func() float64 {
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		return float64(m.HeapAlloc)
	}
	runtime.GC()
	before, peak, n := used(), 0.0, 0
	look := modelcheck.Always("", func(guarded.State) bool {
		if n++; n%(1<<13) == 0 {
			peak = max(peak, used()-before)
		}
		return true
	})
	props := []modelcheck.Property[guarded.State]{look}
	for _, c := range p.Claims {
		props = append(props, c.Property())
	}
	r := modelcheck.Check(p.System(), modelcheck.Limit{States: queueLimit}, props...)
	return r, peak / float64(r.States)
}

// explore has SPIN explore p with a hash table and a stack made for so many
// states.
func explore(p *guarded.Program, states int) (spin.Size, error) {
	dir, err := os.MkdirTemp("", "accio")
	if err != nil {
		return spin.Size{}, err
	}
	defer os.RemoveAll(dir)
	slots := 10
	for 1<<slots < states {
		slots++
	}
	size, err := spin.Measure(dir, p, fmt.Sprintf("-w%d", slots), fmt.Sprintf("-m%d", states))
	if err != nil {
		return size, fmt.Errorf("in %s: %w", filepath.Base(dir), err)
	}
	return size, nil
}
