package main

import (
	"math"
	"slices"
)

// summary is what is shown of a series of figures.
type summary struct {
	Median float64 `json:"median"`
	Min    float64 `json:"min"`
	Max    float64 `json:"max"`
}

// summarize returns NaN throughout for no figures.
func summarize(figures []float64) summary {
	if len(figures) == 0 {
		return summary{math.NaN(), math.NaN(), math.NaN()}
	}
	return summary{median(figures), slices.Min(figures), slices.Max(figures)}
}

func median(figures []float64) float64 {
	sorted := slices.Sorted(slices.Values(figures))
	middle := len(sorted) / 2
	if len(sorted)%2 == 0 {
		return (sorted[middle-1] + sorted[middle]) / 2
	}
	return sorted[middle]
}

// ratio is how two servers compare: the ratio of their medians, and the least
// and the greatest ratio within one round, in which they ran side by side.
// Figures that cannot be compared give NaN.
func ratio(figures, base []float64) summary {
	if len(figures) == 0 || len(figures) != len(base) || slices.Min(base) <= 0 {
		return summarize(nil)
	}
	rounds := make([]float64, len(figures))
	for i := range figures {
		rounds[i] = figures[i] / base[i]
	}
	return summary{median(figures) / median(base), slices.Min(rounds), slices.Max(rounds)}
}
