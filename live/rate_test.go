package live

import (
	"math"
	"testing"
	"time"
)

// The rate is that of the last second, or since the start.
func TestRate(t *testing.T) {
	start := time.Now()
	var r rate
	at := func(d time.Duration, bytes int64) float64 { return r.of(start, sample{start.Add(d), bytes}) }
	for _, step := range []struct {
		at    time.Duration
		bytes int64
		want  float64
	}{
		{0, 0, 0},
		{200 * time.Microsecond, 11, 0},
		{rateEvery - 1, 11, 0},
		{rateEvery, 11, 110},
		{500 * time.Millisecond, 500, 1000},
		{550 * time.Millisecond, 1100, 2000},
		{time.Second, 2000, 2000},
		{1500 * time.Millisecond, 3500, 3000},
		{2500 * time.Millisecond, 3500, 0},
		{10 * time.Second, 11000, 1000},
	} {
		if got := at(step.at, step.bytes); math.Abs(got-step.want) > 0.001 {
			t.Errorf("after %s: %v, want %v", step.at, got, step.want)
		}
	}
	for i := range 10_000 {
		at(time.Duration(i)*time.Millisecond, 0)
	}
	if n := len(r.samples); n > 20 {
		t.Errorf("%d samples", n)
	}
}
