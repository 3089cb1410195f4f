package main

import (
	"fmt"
	"math"
	"strings"
	"time"
)

// series is something that was sampled while a server was soaked.
type series struct {
	Server string    `json:"server"`
	Name   string    `json:"name"`
	Unit   string    `json:"unit"`
	Before float64   `json:"before"` // at rest, before the soak
	After  float64   `json:"after"`  // at rest again
	Every  float64   `json:"every"`  // seconds
	Values []float64 `json:"values"`

	slack float64 // what it may grow by whatever its size
	rests bool    // at rest it must be what it was before; else it is what clients make it
}

const (
	// settling is the part of the samples that is left out of the slope: the
	// first clients come, and what grows once has grown.
	settling = 4
	// growth is how much of its median a series may grow and be flat.
	growth = 0.1
)

const flatRule = "Memory and threads are flat if the line of least squares through the last three quarters of the samples rises by at most " +
	"a tenth of their median, or by 1 MiB or 4 threads if that is more; descriptors, which are as many as clients are there, if at rest no more " +
	"are open than before."

// steady returns the samples that the slope is of.
func (s *series) steady() []float64 { return s.Values[len(s.Values)/settling:] }

// slope is how much the series rises a minute.
func (s *series) slope() float64 { return slope(s.steady()) / s.Every * time.Minute.Seconds() }

func (s *series) flat() bool {
	if s.rests {
		return s.After <= s.Before
	}
	steady := s.steady()
	rise := slope(steady) * float64(len(steady)-1)
	return rise <= max(growth*median(steady), s.slack)
}

// slope is that of the line of least squares, by one sample; 0 for fewer than
// two.
func slope(values []float64) float64 {
	n := float64(len(values))
	if n < 2 {
		return 0
	}
	var mean, above, below float64
	for _, v := range values {
		mean += v / n
	}
	for i, v := range values {
		x := float64(i) - (n-1)/2
		above += x * (v - mean)
		below += x * x
	}
	return above / below
}

// writeSeries writes the table of all series of a workload.
func writeSeries(b *strings.Builder, all []*series) {
	fmt.Fprintf(b, "\n| server | what | at rest before | first | median | last | at rest after | slope, a minute | |\n|---|---|--:|--:|--:|--:|--:|--:|---|\n")
	for _, s := range all {
		verdict := "flat"
		if !s.flat() {
			verdict = "**not flat**"
		}
		fmt.Fprintf(b, "| %s | %s | %s | %s | %s | %s | %s | %s | %s |\n", s.Server, strings.TrimSuffix(s.Name+", "+s.Unit, ", "),
			figure(s.Before), figure(s.Values[0]), figure(median(s.Values)), figure(s.Values[len(s.Values)-1]), figure(s.After), signed(s.slope()), verdict)
	}
	fmt.Fprintf(b, "\nSampled every %s, %d times. %s\n", seconds(all[0].Every), len(all[0].Values), flatRule)
}

func seconds(s float64) time.Duration {
	return time.Duration(s * float64(time.Second)).Round(time.Millisecond)
}

func signed(x float64) string {
	if x < 0 {
		return "−" + figure(math.Abs(x))
	}
	return "+" + figure(x)
}
