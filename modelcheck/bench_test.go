package modelcheck_test

import (
	"runtime"
	"testing"

	. "accio/modelcheck"
)

// wide is a state of 24 bytes: three counters to 100, a million states, each
// of which has three steps.
type wide struct{ x, y, z uint64 }

func wides() System[wide] {
	labels := []string{"x", "y", "z"}
	return System[wide]{Initial: []wide{{}}, Next: func(s wide) []Step[wide] {
		return []Step[wide]{{labels[0], wide{(s.x + 1) % 100, s.y, s.z}}, {labels[1], wide{s.x, (s.y + 1) % 100, s.z}}, {labels[2], wide{s.x, s.y, (s.z + 1) % 100}}}
	}}
}

func heap() float64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return float64(m.HeapAlloc)
}

// BenchmarkExplore keeps the edges.
func BenchmarkExplore(b *testing.B) {
	for b.Loop() {
		before := heap()
		g, err := Explore(wides(), Limit{})
		if err != nil || g.Len() != 1_000_000 {
			b.Fatal(g.Len(), err)
		}
		b.ReportMetric((heap()-before)/float64(g.Len()), "B/state")
		runtime.KeepAlive(g)
	}
	b.ReportMetric(float64(b.N)*1e6/b.Elapsed().Seconds(), "states/s")
}

// BenchmarkSafety checks one property of states and one of steps. The heap is
// measured at the last step, so it holds what the growth of slices left over.
func BenchmarkSafety(b *testing.B) {
	for b.Loop() {
		before, steps := heap(), 0
		r := Check(wides(), Limit{}, Always("in range", func(s wide) bool { return s.x < 100 }),
			StepAlways("a step", func(wide, string, wide) bool {
				if steps++; steps == 3_000_000 {
					b.ReportMetric((heap()-before)/1e6, "B/state")
				}
				return true
			}))
		if !r.OK() {
			b.Fatal(r)
		}
	}
	b.ReportMetric(float64(b.N)*1e6/b.Elapsed().Seconds(), "states/s")
}

// BenchmarkLiveness decides a property that holds under weak fairness of one
// class: that every step counts x up at last.
func BenchmarkLiveness(b *testing.B) {
	for b.Loop() {
		r := Check(wides(), Limit{}, Eventually("x is 99", func(s wide) bool { return s.x == 99 }, WeaklyFair("x", Labelled[wide]("x"))))
		if !r.OK() {
			b.Fatal(r)
		}
	}
	b.ReportMetric(float64(b.N)*1e6/b.Elapsed().Seconds(), "states/s")
}
