//go:build !linux

package main

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
)

// sendMany makes sessions of size bytes by so many clients at once, with a
// goroutine for each.
func (c *client) sendMany(ctx context.Context, port, _, clients, sessions int, size int64) error {
	var left atomic.Int64
	left.Store(int64(sessions))
	failures := make([]error, clients)
	var all sync.WaitGroup
	for i := range clients {
		all.Go(func() {
			for failures[i] == nil && left.Add(-1) >= 0 {
				failures[i] = c.sendOne(ctx, port, size)
			}
		})
	}
	all.Wait()
	return errors.Join(failures...)
}

func (c *client) sendOne(ctx context.Context, port int, size int64) error {
	if size <= smallBytes {
		return c.sendSmall(ctx, port, make([]byte, size))
	}
	return c.send(ctx, port, size, false)
}

// idle is not among the workloads of systems that cannot tell what a server
// uses while it runs.
func idle(*options) *workload { return nil }

// soak is not, for the same reason.
func soak(*options) *workload { return nil }
