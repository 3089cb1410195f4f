package main

import (
	"context"
	"fmt"
	"slices"
	"time"
)

const (
	// busyClients make sessions among those that are idle.
	busyClients = 64
	// spareDescriptors are what a server or this program has open besides
	// connections.
	spareDescriptors = 64
)

// idle is a workload of connections that have begun and then say nothing: half
// of them before the first confirmation, half after the second.
func idle(o *options) *workload {
	n, note := o.idle, ""
	if limit, err := raiseDescriptors(); err == nil {
		n, note = allowed(o.idle, limit)
	}
	return &workload{
		name: "idle", rounds: o.runs, bases: manyBase,
		title: fmt.Sprintf("%d idle connections, and %d sessions of %d bytes by %d clients among them", n, o.idleSmall, smallBytes, busyClients),
		note: note + fmt.Sprintf("Server CPU and wall per session. Memory is VmHWM once all are idle. Quiet is the server's CPU in %s in which nothing happens, after as long a time before. ", o.quiet) +
			manyClients,
		metrics: []metric{{"server CPU", "µs", true}, {"wall", "µs", true}, {"memory", "MiB", true}, {"quiet", "ms", false}, {"client CPU", "%", false}},
		measure: func(ctx context.Context, c *client, p *peer) (figures []float64, err error) {
			s, err := start(ctx, p.withPatience())
			if err != nil {
				return nil, err
			}
			defer s.abandon()
			if figures, err = amongIdle(ctx, c, s, n, o); err != nil {
				return nil, s.failed("%v", err)
			}
			if _, err = s.stop(); err != nil {
				return nil, err
			}
			return figures, s.printed(slices.Concat(repeated(refused, n-n/2), repeated(0, n/2), repeated(smallBytes, o.idleSmall))...)
		},
	}
}

// allowed returns how many of so many idle connections a limit of descriptors
// lets the server and this program have, and says so if those are fewer.
func allowed(wanted, limit int) (n int, note string) {
	if n = max(min(wanted, limit-busyClients-spareDescriptors), 1); n < wanted {
		note = fmt.Sprintf("%d idle connections were wanted; the limit of descriptors, %d, allows no more than these. ", wanted, limit)
	}
	return n, note
}

// amongIdle returns the figures of the workload.
func amongIdle(ctx context.Context, c *client, s *server, n int, o *options) ([]float64, error) {
	waiting, err := newCrowd(c, s.port, busyClients, n, 0)
	if err != nil {
		return nil, err
	}
	defer waiting.close()
	err = waiting.settle(ctx, func(i int) step {
		if i%2 == 0 {
			return confirm
		}
		return sending
	})
	if err != nil {
		return nil, err
	}
	if err := s.rests(ctx); err != nil {
		return nil, err
	}
	memory, err := s.memory()
	if err != nil {
		return nil, err
	}

	group := s.cmd.Process.Pid
	server, client, began := groupCPU(group), ownCPU(), time.Now()
	if err := c.sendMany(ctx, s.port, 0, busyClients, o.idleSmall, smallBytes); err != nil {
		return nil, err
	}
	wall := time.Since(began)
	client, server = ownCPU()-client, groupCPU(group)-server

	// As long once before: a timer that the last session left behind may run
	// once more.
	if err := sleep(ctx, o.quiet); err != nil {
		return nil, err
	}
	quiet := groupCPU(group)
	if err := sleep(ctx, o.quiet); err != nil {
		return nil, err
	}
	quiet = groupCPU(group) - quiet
	return []float64{each(server, o.idleSmall), each(wall, o.idleSmall), float64(memory) / mib, quiet.Seconds() * 1e3, share(client, wall)},
		waiting.leave(ctx)
}

// rests returns when the server has dealt with all that it was sent: when it
// has used next to no CPU for a while. A server that never rests has what it
// uses counted.
func (s *server) rests(ctx context.Context) error {
	const while, next = 100 * time.Millisecond, 100 * time.Microsecond
	for range 20 {
		before := groupCPU(s.cmd.Process.Pid)
		if err := sleep(ctx, while); err != nil {
			return err
		}
		if groupCPU(s.cmd.Process.Pid)-before < next {
			break
		}
	}
	return nil
}

func sleep(ctx context.Context, d time.Duration) error {
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(d):
		return nil
	}
}

// withPatience returns the peer with a long idle limit.
func (p *peer) withPatience() *peer {
	patient := *p
	patient.argv = slices.Insert(slices.Clone(p.argv), 1, p.patient...)
	return &patient
}
