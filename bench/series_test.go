package main

import (
	"encoding/json"
	"math"
	"strings"
	"testing"
)

func TestSlope(t *testing.T) {
	for _, c := range []struct {
		values []float64
		want   float64
	}{
		{nil, 0}, {[]float64{7}, 0}, {[]float64{7, 7, 7}, 0}, {[]float64{1, 3}, 2}, {[]float64{9, 6, 3, 0}, -3}, {[]float64{0, 4, 0, 4, 0}, 0}, {[]float64{0, 0, 6}, 3},
	} {
		if got := slope(c.values); math.Abs(got-c.want) > 1e-9 {
			t.Errorf("slope(%v) = %v, want %v", c.values, got, c.want)
		}
	}
}

// rising are samples of which the first quarter counts for nothing, and the rest
// rises by so much in all.
func rising(from, by float64) []float64 {
	values := make([]float64, 0, 80)
	for range 20 {
		values = append(values, 0)
	}
	for i := range 60 {
		values = append(values, from+by*float64(i)/59)
	}
	return values
}

func TestFlat(t *testing.T) {
	for _, c := range []struct {
		name string
		s    series
		want bool
	}{
		{"a tenth", series{Values: rising(100, 10)}, true},
		{"more than a tenth", series{Values: rising(100, 11)}, false},
		{"less and less", series{Values: rising(100, -50)}, true},
		{"much of little", series{Values: rising(5, 3.9), slack: 4}, true},
		{"more than the slack", series{Values: rising(5, 5), slack: 4}, false},
		{"descriptors", series{Values: rising(100, 90), Before: 12, After: 12, rests: true}, true},
		{"a descriptor too many", series{Values: rising(100, 0), Before: 12, After: 13, rests: true}, false},
		{"memory", series{Values: rising(100, 0), Before: 12, After: 100}, true},
	} {
		if got := c.s.flat(); got != c.want {
			t.Errorf("%s: %v, rises by %v", c.name, got, slope(c.s.steady())*59)
		}
	}
}

// A slope is one of a minute, however often it was sampled.
func TestSlopeOfAMinute(t *testing.T) {
	s := series{Every: 0.5, Values: rising(0, 59)}
	if got := s.slope(); math.Abs(got-120) > 1e-9 {
		t.Errorf("%v, want one each half second", got)
	}
}

func TestReportOfASoak(t *testing.T) {
	r := &report{}
	w := &workload{name: "soak", rounds: 1, series: []*series{
		{Server: "ours-many", Name: "resident memory", Unit: "MiB", Before: 12, After: 19, Every: 1.5, Values: []float64{13, 16, 16, 17, 17}},
		{Server: "ours-many", Name: "descriptors", Before: 12, After: 13, Every: 1.5, Values: []float64{50, 60, 60, 59, 59}, rests: true},
	}}
	r.add(w, nil)
	var out strings.Builder
	if err := r.writeMarkdown(&out); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		"| ours-many | resident memory, MiB | 12.0 | 13.0 | 16.0 | 17.0 | 19.0 | +16.0 | flat |\n",
		"| ours-many | descriptors | 12.0 | 50.0 | 59.0 | 59.0 | 13.0 | −16.0 | **not flat** |\n",
		"\nSampled every 1.5s, 5 times. Memory and threads are flat if ",
	} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("missing %q in:\n%s", want, &out)
		}
	}
	out.Reset()
	var got report
	if err := r.writeJSON(&out); err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal([]byte(out.String()), &got); err != nil || len(got.Tables[0].Series) != 2 || len(got.Tables[0].Series[0].Values) != 5 {
		t.Errorf("%v, %s", err, &out)
	}
}
