package transport

import (
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"accio/explore"
	"accio/protocol"
)

func init() {
	campaigns["fast flows"] = campaign{"fast", flowWords, 2, 128, 0, 0, 0}
}

// flows are the inputs of a client that sends much, or had. From the first much
// on, little is seen lowWaterPatience later at most.
var flows = explore.Alphabet{
	{Name: "much", Bytes: strings.Repeat("x", lowWater), Lag: lowWaterPatience},
	{Name: "less", Bytes: strings.Repeat("x", lowWater-1), Lag: lowWaterPatience},
	{Name: "z", Bytes: "z"},
	{Name: "pause", Pause: 9 * time.Second},
	{Name: "silence", Pause: 10 * time.Second},
	{Name: "end", What: explore.End},
	{Name: "reset", What: explore.Reset},
	{Name: "stop", What: explore.Stop},
}

// flowWords calls f for every word of so many of them after the header, of
// which the first is much, or nearly.
func flowWords(depth int, f func(w explore.Word, maximal bool)) {
	whole := explore.Word{}.Then(explore.Text("c1", protocol.Confirm1), explore.Text("c2", protocol.Confirm2))
	for _, in := range flows[:2] {
		flows.Extend(expected, whole.Then(in), len(whole.Inputs)+depth, f)
	}
}

// Whatever follows a fast flow is seen, and silence is measured, as if it had
// been a slow one.
func TestEveryFastFlow(t *testing.T) {
	var failures explore.Shortest
	synctest.Test(t, func(t *testing.T) {
		flowWords(deep(3, 4), func(w explore.Word, maximal bool) {
			if !maximal {
				return
			}
			failures.Ran()
			if d := differs(run("fast", w, nil), w); d != nil {
				failures.Failf(flows.Rank(d.Word), "%s", d)
			}
		})
	})
	wantSessions(t, &failures, deep(72, 282))
}

// A fast flow costs a few calls for each MiB, whatever it is cut into: once it
// is known to be fast, two, of which the second takes all. When it is fast no
// more, that is found out within lowWaterPatience, and told to the kernel once.
func TestFastFlowCosts(t *testing.T) {
	bench(t, func(t *testing.T, g *simulated, c *fastConn) {
		if lowWater != 1<<20 || lowWaterPatience != 10*time.Millisecond { // docs/benchmarks.md says so
			t.Errorf("%d bytes within %s are fast", lowWater, lowWaterPatience)
		}
		const pieces = 1 << 6
		piece := strings.Repeat("x", lowWater/pieces)
		var sender sync.WaitGroup
		send := func(n int) {
			sender.Go(func() {
				for range n {
					time.Sleep(time.Microsecond)
					g.Arrive(piece)
				}
			})
		}
		discard := func(what string, want int64) {
			t.Helper()
			if n, err := c.Discard(); n != want || err != nil {
				t.Errorf("%s: %d, %v; want %d", what, n, err, want)
			}
		}
		g.Arrive("x")
		discard("slow", 1)
		if g.size != 1<<30 {
			t.Errorf("one call discards %d bytes at most", g.size)
		}
		c.flow = 0
		g.did(t, "a byte", map[string]int{"recvfrom": 1})
		send(3 * pieces)
		for range pieces {
			discard("slow yet", lowWater/pieces)
		}
		g.did(t, "the first MiB", map[string]int{"recvfrom": 2 * pieces, "ppoll": pieces, "setsockopt": 1})
		for range 2 {
			discard("fast", lowWater)
			g.did(t, "each MiB that follows", map[string]int{"recvfrom": 1, "ppoll": 1})
		}
		sender.Wait()

		began := time.Now()
		send(pieces / 2)
		discard("less than the mark", lowWater/2)
		if took := time.Since(began); took != lowWaterPatience {
			t.Errorf("less than the mark was seen after %s", took)
		}
		g.did(t, "the end of the flow", map[string]int{"recvfrom": 1, "ppoll": 1, "setsockopt": 1})
		sender.Wait()
		send(2)
		for range 2 {
			discard("slow again", lowWater/pieces)
		}
		g.did(t, "slow again", map[string]int{"recvfrom": 4, "ppoll": 2})
		sender.Wait()
		g.Arrive(strings.Repeat("x", lowWater/2-2*lowWater/pieces-1))
		discard("not fast", lowWater/2-2*lowWater/pieces-1)
		g.did(t, "one byte less than fast", map[string]int{"recvfrom": 1})
		g.Arrive("x")
		discard("fast", 1)
		g.did(t, "fast again", map[string]int{"recvfrom": 1, "setsockopt": 1})

		c.SetDeadline(time.Now().Add(time.Minute))
		began = time.Now()
		if n, err := c.Discard(); n != 0 || err == nil || time.Since(began) != time.Minute {
			t.Errorf("%d, %v after %s of silence", n, err, time.Since(began))
		}
		g.did(t, "a silence", map[string]int{"recvfrom": 3, "ppoll": 2, "setsockopt": 1})
	})
}

// What one connection has set does not outlast it: neither the deadline, nor
// the low-water mark, nor how much of a flow has come.
func TestFastConnBeginsAnew(t *testing.T) {
	for _, bytes := range []int{lowWater, lowWater - 1} {
		bench(t, func(t *testing.T, g *simulated, c *fastConn) {
			c.SetDeadline(time.Now().Add(time.Second))
			g.Arrive(strings.Repeat("x", bytes))
			if n, err := c.Discard(); int(n) != bytes || err != nil || c.low != (bytes == lowWater) {
				t.Errorf("%d, %v, low %v", n, err, c.low)
			}
			c.Close()
			g.connect()
			in, err := g.ln.Accept()
			if err != nil || in != Incoming(c) {
				t.Fatal(in, err)
			}
			time.AfterFunc(time.Minute, func() { g.Arrive("x") })
			if n, err := c.Discard(); n != 1 || err != nil || c.low {
				t.Errorf("after a connection with %d bytes: %d, %v, low %v", bytes, n, err, c.low)
			}
		})
	}
}
