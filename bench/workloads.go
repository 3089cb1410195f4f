package main

import (
	"context"
	"fmt"
	"slices"
	"time"
)

const (
	gib         = 1 << 30
	smallBytes  = 500
	queueLength = 10
)

// workloads returns those that are chosen.
func workloads(o *options) []*workload {
	all := []*workload{bulk(o), small(o), handOver(o)}
	if hasProc {
		all = append(all, memory(o))
	}
	all = append(all, startUp(o), manySmall(o), manyBulk(o))
	if hasProc {
		all = append(all, idle(o), soak(o))
	}
	return slices.DeleteFunc(all, func(w *workload) bool { return !slices.Contains(o.workloads, w.name) })
}

func share(client, wall time.Duration) float64 { return 100 * client.Seconds() / wall.Seconds() }

func bulk(o *options) *workload {
	size := int64(o.bulk * gib)
	how := "sendfile(2)"
	if o.writes {
		how = "write(2)"
	}
	return &workload{
		name: "bulk", title: fmt.Sprintf("one session of %v GiB", o.bulk), rounds: o.runs,
		note:    "The client uses " + how + "; its CPU is a share of the wall time: near 100 % it is the client that limits the speed.",
		metrics: []metric{{"server CPU", "s", true}, {"wall", "s", true}, {"client CPU", "%", false}},
		measure: func(ctx context.Context, c *client, p *peer) ([]float64, error) {
			var itsOwn time.Duration
			load := func(port int) error { return c.send(ctx, port, size, p.raw) }
			if p.load != nil {
				load = func(port int) (err error) {
					itsOwn, err = p.load(ctx, port, size)
					return err
				}
			}
			used, err := serve(ctx, p, load, size)
			used.client += itsOwn
			return []float64{used.server.Seconds(), used.wall.Seconds(), share(used.client, used.wall)}, err
		},
	}
}

func small(o *options) *workload {
	payload := make([]byte, smallBytes)
	return &workload{
		name: "small", title: fmt.Sprintf("%d sessions of %d bytes, one after another", o.small, smallBytes), rounds: o.runs,
		note:    "Per session. The client's CPU is a share of the wall time.",
		metrics: []metric{{"server CPU", "µs", true}, {"wall", "µs", true}, {"client CPU", "%", false}},
		measure: func(ctx context.Context, c *client, p *peer) ([]float64, error) {
			load := func(port int) error {
				for range o.small {
					if err := c.sendSmall(ctx, port, payload); err != nil {
						return err
					}
				}
				return nil
			}
			used, err := serve(ctx, p, load, repeated(smallBytes, o.small)...)
			return []float64{each(used.server, o.small), each(used.wall, o.small), share(used.client, used.wall)}, err
		},
	}
}

func handOver(o *options) *workload {
	return &workload{
		name: "handover", title: fmt.Sprintf("from one client's end to the next one's `accio`, %d queued", queueLength), rounds: o.runs,
		note:    fmt.Sprintf("The median of %d hand-overs in each round; the end is the moment before the client's shutdown(2).", o.handOver*queueLength),
		metrics: []metric{{"hand-over", "µs", true}},
		measure: func(ctx context.Context, c *client, p *peer) ([]float64, error) {
			var times []float64
			load := func(port int) error {
				for range o.handOver {
					took, err := handOvers(ctx, port, queueLength+1)
					if err != nil {
						return err
					}
					for _, d := range took {
						times = append(times, d.Seconds()*1e6)
					}
				}
				return nil
			}
			if _, err := serve(ctx, p, load, repeated(smallBytes, o.handOver*(queueLength+1))...); err != nil {
				return nil, err
			}
			return []float64{median(times)}, nil
		},
	}
}

// handOvers queues clients, serves them in turn and returns how long each but
// the first waited for its command after the end of the one before.
func handOvers(ctx context.Context, port, clients int) (took []time.Duration, err error) {
	queue := make([]*conn, 0, clients)
	defer func() {
		for _, c := range queue {
			c.Close()
		}
	}()
	for range clients {
		c, err := dial(ctx, port)
		if err != nil {
			return nil, err
		}
		queue = append(queue, c)
	}
	var end time.Time
	for i, c := range queue {
		err := handshakeThen(c, make([]byte, smallBytes), func() {
			if i > 0 {
				took = append(took, time.Since(end))
			}
		})
		if err != nil {
			return nil, err
		}
		end = time.Now()
		if err := c.CloseWrite(); err != nil {
			return nil, err
		}
	}
	for _, c := range queue {
		if err := awaitEnd(c); err != nil {
			return nil, err
		}
	}
	return took, nil
}

func memory(o *options) *workload {
	w := &workload{
		name: "memory", title: "peak memory while counting", rounds: o.memoryRuns,
		note: "VmHWM, each size in a process of its own.",
	}
	for _, size := range o.memory {
		w.metrics = append(w.metrics, metric{fmt.Sprintf("%v GiB", size), "MiB", true})
	}
	w.measure = func(ctx context.Context, c *client, p *peer) (figures []float64, err error) {
		for _, g := range o.memory {
			size := int64(g * gib)
			used, err := serve(ctx, p, func(port int) error { return c.send(ctx, port, size, false) }, size)
			if err != nil {
				return nil, err
			}
			figures = append(figures, float64(used.memory)/(1<<20))
		}
		return figures, nil
	}
	return w
}

func startUp(o *options) *workload {
	w := &workload{
		name: "startup", title: "from before fork(2) to listening", rounds: o.runs,
		note:    fmt.Sprintf("The median of %d starts in each round, seen in /proc/net/tcp.", o.startUp),
		metrics: []metric{{"start-up", "ms", true}},
	}
	if !hasProc {
		w.title = "from the start to the first connection accepted"
		w.note = fmt.Sprintf("The median of %d starts in each round.", o.startUp)
	}
	w.measure = func(ctx context.Context, c *client, p *peer) ([]float64, error) {
		var times []float64
		for range o.startUp {
			took, err := startOnce(ctx, c, p)
			if err != nil {
				return nil, err
			}
			times = append(times, took.Seconds()*1e3)
		}
		return []float64{median(times)}, nil
	}
	return w
}

// startOnce makes one small session too, so that a server that listens but
// does not serve is found out.
func startOnce(ctx context.Context, c *client, p *peer) (time.Duration, error) {
	began := time.Now()
	s, err := start(ctx, p)
	if err != nil {
		return 0, err
	}
	defer s.abandon()
	if err := c.sendSmall(ctx, s.port, make([]byte, smallBytes)); err != nil {
		return 0, s.failed("%v", err)
	}
	took := s.ready
	if !hasProc {
		took = time.Since(began)
	}
	if _, err := s.stop(); err != nil {
		return 0, err
	}
	return took, s.printed(smallBytes)
}

func repeated(n int64, times int) []int64 { return slices.Repeat([]int64{n}, times) }
