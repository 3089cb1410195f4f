package main

import (
	"math"
	"testing"
)

func TestSummarize(t *testing.T) {
	for _, c := range []struct {
		figures []float64
		want    summary
	}{
		{[]float64{3}, summary{3, 3, 3}},
		{[]float64{5, 1, 3}, summary{3, 1, 5}},
		{[]float64{4, 1, 3, 100}, summary{3.5, 1, 100}},
	} {
		if got := summarize(c.figures); got != c.want {
			t.Errorf("summarize(%v) = %v, want %v", c.figures, got, c.want)
		}
	}
	if got := summarize(nil); !math.IsNaN(got.Median) || !math.IsNaN(got.Min) || !math.IsNaN(got.Max) {
		t.Errorf("summarize(nil) = %v, want NaN", got)
	}
}

func TestMedianLeavesItsArgument(t *testing.T) {
	figures := []float64{3, 1, 2}
	median(figures)
	if figures[0] != 3 || figures[1] != 1 || figures[2] != 2 {
		t.Errorf("figures are now %v", figures)
	}
}

// The spread is that of pairs from the same round, not of the extremes.
func TestRatio(t *testing.T) {
	got := ratio([]float64{2, 40, 9}, []float64{1, 10, 3})
	if want := (summary{3, 2, 4}); got != want {
		t.Errorf("ratio = %v, want %v", got, want)
	}
	for name, pair := range map[string][2][]float64{
		"no figures":       {nil, nil},
		"a base of 0":      {{1, 2}, {1, 0}},
		"different rounds": {{1, 2}, {1}},
	} {
		if got := ratio(pair[0], pair[1]); !math.IsNaN(got.Median) {
			t.Errorf("%s: ratio = %v, want NaN", name, got)
		}
	}
}
