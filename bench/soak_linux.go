package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"slices"
	"sync"
	"time"
)

const (
	// soakIdle is the idle limit of a server that is soaked: slow clients are
	// far quicker, and silent ones do not wait long for it.
	soakIdle = 3 * time.Second
	// soakSamples is how many samples are taken.
	soakSamples = 120
)

// soak is a workload of clients of every kind for a long time.
func soak(o *options) *workload {
	raiseDescriptors()
	w := &workload{
		name: "soak", rounds: 1, bases: manyBase, limit: o.duration + 2*time.Minute,
		title: fmt.Sprintf("%s of clients of every kind, %d at once, with %s places", o.duration, o.soakClients, o.soakPlaces),
		note:  "Server CPU per connection. Every connection has had its line, and every good session its count.",
		metrics: []metric{{"connections", "thousands", false}, {"counted", "thousands", false}, {"payload", "GiB", false},
			{"connections a second", "1/s", false}, {"server CPU", "µs", false}},
	}
	w.measure = func(ctx context.Context, c *client, p *peer) ([]float64, error) {
		s, err := start(ctx, p.soaked(o.soakPlaces))
		if err != nil {
			return nil, err
		}
		defer s.abandon()
		run := &soaking{server: s, client: c, duration: o.duration}
		if err := run.all(ctx, o.soakClients); err != nil {
			return nil, s.failed("%v", err)
		}
		used, err := s.stop()
		if err != nil {
			return nil, err
		}
		w.series = append(w.series, run.series(p.name)...)
		n, counted, bytes := len(run.want), 0, int64(0)
		for _, count := range run.want {
			if count != refused {
				counted++
				bytes += count
			}
		}
		return []float64{float64(n) / 1e3, float64(counted) / 1e3, float64(bytes) / gib, float64(n) / run.wall.Seconds(), each(used, n)}, s.printed(run.want...)
	}
	return w
}

// soaked returns the peer with an idle limit for a soak, and so many places. One
// of the user's own has what the user gave it.
func (p *peer) soaked(places string) *peer {
	if len(p.patient) == 0 {
		return p
	}
	soaked := *p
	soaked.argv = slices.Insert(slices.Clone(p.argv), 1, "--idle-timeout", soakIdle.String())
	if i := slices.Index(soaked.argv, "--concurrency"); i >= 0 {
		soaked.argv[i+1] = places
	}
	return &soaked
}

// soaking is a soak of one server.
type soaking struct {
	server   *server
	client   *client
	duration time.Duration
	wall     time.Duration

	before, after resources
	samples       []resources

	mu   sync.Mutex
	want []int64 // of each connection
}

// expect notes what a connection has to print.
func (k *soaking) expect(count int64) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.want = append(k.want, count)
}

// all has clients come until the time is over, and waits for the last line.
func (k *soaking) all(ctx context.Context, clients int) (err error) {
	pid := k.server.cmd.Process.Pid
	if err := k.client.sendSmall(ctx, k.server.port, make([]byte, smallBytes)); err != nil { // what is opened once is open
		return err
	}
	k.expect(smallBytes)
	if err := k.rest(ctx); err != nil {
		return err
	}
	if k.before, err = held(pid); err != nil {
		return err
	}
	began := time.Now()
	soaked, done := context.WithTimeout(ctx, k.duration)
	defer done()
	failures := make([]error, clients+1)
	var all sync.WaitGroup
	for i := range clients {
		all.Go(func() {
			// A failure ends them all.
			if failures[i] = newSoaker(k, i).run(ctx, soaked); failures[i] != nil {
				done()
			}
		})
	}
	all.Go(func() { failures[clients] = k.sample(soaked, pid) })
	all.Wait()
	k.wall = time.Since(began)
	if err := errors.Join(append(failures, ctx.Err())...); err != nil {
		return err
	}
	if err := k.rest(ctx); err != nil {
		return err
	}
	k.after, err = held(pid)
	return err
}

// rest waits until each connection has its line, and the server has let go of
// it.
func (k *soaking) rest(ctx context.Context) error {
	began := time.Now()
	for {
		n, err := k.server.lines()
		if err != nil {
			return err
		}
		if n >= len(k.want) {
			return k.server.rests(ctx)
		}
		if time.Since(began) > clientPatience {
			return fmt.Errorf("WRONG COUNT: %d lines of %d connections, %s after the last", n, len(k.want), clientPatience)
		}
		if err := sleep(ctx, 10*time.Millisecond); err != nil {
			return err
		}
	}
}

// lines returns how many lines a server has printed.
func (s *server) lines() (n int, err error) {
	var p [64 << 10]byte
	for at := int64(0); ; {
		got, err := s.out.ReadAt(p[:], at)
		n += bytes.Count(p[:got], []byte("\n"))
		at += int64(got)
		if err == io.EOF {
			return n, nil
		}
		if err != nil {
			return n, err
		}
	}
}

func (k *soaking) every() time.Duration { return k.duration / soakSamples }

// sample samples until the end of ctx.
func (k *soaking) sample(ctx context.Context, pid int) error {
	tick := time.NewTicker(k.every())
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
		r, err := held(pid)
		if err != nil {
			return err
		}
		k.samples = append(k.samples, r)
	}
}

// series returns what was sampled.
func (k *soaking) series(server string) []*series {
	of := func(name, unit string, slack float64, rests bool, part func(resources) float64) *series {
		s := &series{Server: server, Name: name, Unit: unit, Before: part(k.before), After: part(k.after), Every: k.every().Seconds(), slack: slack, rests: rests}
		for _, r := range k.samples {
			s.Values = append(s.Values, part(r))
		}
		return s
	}
	return []*series{
		of("resident memory", "MiB", 1, false, func(r resources) float64 { return r.memory }),
		of("descriptors", "", 0, true, func(r resources) float64 { return r.descriptors }),
		of("threads", "", 4, false, func(r resources) float64 { return r.threads }),
	}
}

// random returns a generator that is a client's own.
func random(i int) *rand.Rand { return rand.New(rand.NewPCG(uint64(i), 1)) }
