package main

import (
	"context"
	"fmt"
	"time"
)

const mib = 1 << 20

func manySmall(o *options) *workload {
	return many(o, "many-small", "500 bytes", o.manySmall, smallBytes)
}
func manyBulk(o *options) *workload { return many(o, "many-bulk", "1 MiB", o.manyBulk, mib) }

// many is a workload of clients that make sessions of size bytes, all at once
// and each one after another.
func many(o *options, name, shown string, sessions int, size int64) *workload {
	return &workload{
		name: name, title: fmt.Sprintf("%d sessions of %s by %d clients at once", sessions, shown, o.clients), rounds: o.runs, bases: manyBase,
		note:    "Server CPU and wall per session. " + manyClients,
		metrics: []metric{{"server CPU", "µs", true}, {"wall", "µs", true}, {"sessions a second", "1/s", true}, {"client CPU", "%", false}},
		measure: func(ctx context.Context, c *client, p *peer) ([]float64, error) {
			n := p.part(sessions)
			load := func(port int) error { return c.sendMany(ctx, port, 0, o.clients, n, size) }
			used, err := serve(ctx, p, load, repeated(size, n)...)
			return []float64{each(used.server, n), each(used.wall, n), float64(n) / used.wall.Seconds(), share(used.client, used.wall)}, err
		},
	}
}

const manyClients = "The clients' CPU is a share of the wall time, in which each processor has 100 %."

// each returns microseconds per session.
func each(d time.Duration, sessions int) float64 { return d.Seconds() * 1e6 / float64(sessions) }

// part returns how many of the sessions a peer is given.
func (p *peer) part(sessions int) int {
	if p.share == 0 {
		return sessions
	}
	return max(int(p.share*float64(sessions)), 1)
}
