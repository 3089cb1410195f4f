package main

import (
	"context"
	"fmt"
	"time"
)

// workload is something that servers are made to do.
type workload struct {
	name    string
	title   string
	note    string // below the table; may be empty
	metrics []metric
	rounds  int           // how often each server does it
	bases   []string      // what servers are compared to, the first that did it; empty: the base of the report
	limit   time.Duration // for one measurement, if it takes longer than others may
	series  []*series     // what measure has sampled; may be empty
	// measure starts a server, makes it do it, checks what it printed and
	// returns a figure for each metric.
	measure func(ctx context.Context, c *client, p *peer) ([]float64, error)
}

// metric is a figure that is measured.
type metric struct {
	Name  string `json:"name"`
	Unit  string `json:"unit"`
	ratio bool   // it is compared to the base
}

// measured is what was measured of one server: a series of figures for each
// metric, one figure a round.
type measured struct {
	peer    *peer
	figures [][]float64
}

// run lets the servers take turns: all of them, and all of them again.
func (w *workload) run(ctx context.Context, c *client, limit time.Duration, all []*peer, progress func(round int, p *peer)) ([]*measured, error) {
	var results []*measured
	for _, p := range all {
		if p.does(w.name) {
			results = append(results, &measured{p, make([][]float64, len(w.metrics))})
		}
	}
	for round := range w.rounds {
		for _, m := range results {
			progress(round, m.peer)
			figures, err := w.once(ctx, c, limit, m.peer)
			if err != nil {
				return nil, fmt.Errorf("%s, %s: %w", w.name, m.peer.name, err)
			}
			for i, f := range figures {
				m.figures[i] = append(m.figures[i], f)
			}
		}
	}
	return results, nil
}

func (w *workload) once(ctx context.Context, c *client, limit time.Duration, p *peer) ([]float64, error) {
	limit = max(limit, w.limit)
	bounded, cancel := context.WithTimeoutCause(ctx, limit, fmt.Errorf("not done after %s", limit))
	defer cancel()
	figures, err := w.measure(bounded, c, p)
	if cause := context.Cause(bounded); cause != nil {
		return nil, cause
	}
	return figures, err
}

// serve runs load against a server and returns what the server and the client
// have used of CPU, and the time that load took. Connections must print want.
func serve(ctx context.Context, p *peer, load func(port int) error, want ...int64) (used usage, err error) {
	s, err := start(ctx, p)
	if err != nil {
		return used, err
	}
	defer s.abandon()
	clientBefore, began := ownCPU(), time.Now()
	if err := load(s.port); err != nil {
		return used, s.failed("%v", err)
	}
	used.wall, used.client = time.Since(began), ownCPU()-clientBefore
	if used.memory, err = s.memory(); err != nil {
		return used, err
	}
	if used.server, err = s.stop(); err != nil {
		return used, err
	}
	return used, s.printed(want...)
}

type usage struct {
	wall, server, client time.Duration
	memory               int64 // peak, in bytes; 0 where it cannot be known
}
