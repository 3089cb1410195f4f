package faults

import (
	"fmt"
	"math/rand/v2"
	"sync/atomic"
	"testing"

	"accio/internal/require"
)

// Networks that nobody has thought of: every session comes through whole.
func TestRandomNetworks(t *testing.T) {
	t.Parallel()
	const clients = 12
	networks := 2 * long(25)
	var lines atomic.Int64
	t.Cleanup(func() { require.Ran(t, "connections", int(lines.Load()), networks*len(servers)*2*clients) })
	for seed := range networks {
		for _, s := range servers {
			for _, places := range []int{1, 64} {
				t.Run(fmt.Sprintf("%d/%s/%d", seed, s.name, places), func(t *testing.T) {
					t.Parallel()
					f := random(rand.New(rand.NewPCG(uint64(seed), 0)))
					t.Logf("%q and later %q, payloads up to %d bytes", f.toxics, f.later, f.bytes)
					lines.Add(int64(f.try(t, s.program, places, clients)))
				})
			}
		}
	}
}

// random returns a network of some toxics that lose nothing, of which one may
// come later.
func random(r *rand.Rand) *fault {
	f := &fault{bytes: 1 << r.IntN(13)}
	for _, way := range []string{"upstream", "downstream"} {
		latency := r.IntN(20)
		average := 20 + r.IntN(2000)
		list := []string{
			toxic(way, "latency", fmt.Sprintf(`"latency":%d,"jitter":%d`, latency, r.IntN(latency+1))),
			toxic(way, "slicer", fmt.Sprintf(`"average_size":%d,"size_variation":%d,"delay":%d`, average, r.IntN(average), r.IntN(50))),
			toxic(way, "bandwidth", fmt.Sprintf(`"rate":%d`, 50+r.IntN(1000))),
			toxic(way, "slow_close", fmt.Sprintf(`"delay":%d`, r.IntN(50))),
		}
		r.Shuffle(len(list), func(i, j int) { list[i], list[j] = list[j], list[i] })
		f.toxics = append(f.toxics, list[:r.IntN(4)]...)
		if r.IntN(3) == 0 {
			f.later = append(f.later, list[3])
		}
	}
	return f
}
