package main

import (
	"context"
	"fmt"
	"io"
	"math/bits"
	"os"
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
func measure(out io.Writer, table *fsm.Table, clients int, withSPIN, symmetry bool) error {
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
		queue := model.NewQueue(table, k)
		p := queue.Program
		if symmetry {
			p = queue.Reduce()
		}
		begun := time.Now()
		r := p.CheckContext(context.Background(), modelcheck.Options{Limit: modelcheck.Limit{States: queueLimit}, Workers: runtime.GOMAXPROCS(0)})
		row(k, "accio", r.States, r.Edges, time.Since(begun), float64(r.Bytes)/float64(r.States))
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

// explore has SPIN explore p with a hash table and a stack made for so many
// states.
func explore(p *guarded.Program, states int) (spin.Size, error) {
	dir, err := os.MkdirTemp("", "accio")
	if err != nil {
		return spin.Size{}, err
	}
	defer os.RemoveAll(dir)
	return spin.Measure(dir, p, fmt.Sprintf("-w%d", max(10, bits.Len(uint(states)))), fmt.Sprintf("-m%d", states))
}
