package main

import (
	"bytes"
	"encoding/json"
	"math"
	"strings"
	"testing"
)

func sample() *report {
	r := &report{Machine: "m", Command: "go run ./bench", Base: "c",
		Servers: []about{{"ours", "ours"}, {"c", "a loop"}}, Missing: []skipped{{"nc", "nc: is not installed"}}}
	w := &workload{name: "bulk", title: "one session", note: "A note.", rounds: 3,
		metrics: []metric{{"server CPU", "s", true}, {"client CPU", "%", false}}}
	r.add(w, []*measured{
		{&peer{name: "ours"}, [][]float64{{0.3, 0.2, 0.4}, {50, 51, 52}}},
		{&peer{name: "c"}, [][]float64{{0.2, 0.1, 0.2}, {99, 98, 97}}},
	})
	return r
}

func TestMarkdown(t *testing.T) {
	var out bytes.Buffer
	if err := sample().writeMarkdown(&out); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		"Machine: m  \nCommand: `go run ./bench`\n",
		"- **nc**: skipped: nc: is not installed\n",
		"\n### bulk: one session\n\n" +
			"| server | server CPU, s | × c | client CPU, % |\n" +
			"|---|--:|--:|--:|\n" +
			"| ours | 0.300 | 1.50 (1.50–2.00) | 51.0 |\n" +
			"| c | 0.200 | 1.00 (1.00–1.00) | 98.0 |\n" +
			"\n3 rounds. A note.\n",
	} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("missing:\n%s\nin:\n%s", want, &out)
		}
	}
}

func TestMarkdownWithoutBase(t *testing.T) {
	r := &report{Base: "nc"}
	r.add(&workload{name: "small", rounds: 1, metrics: []metric{{"wall", "µs", true}}},
		[]*measured{{&peer{name: "ours"}, [][]float64{{1}}}})
	var out bytes.Buffer
	if err := r.writeMarkdown(&out); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"| ours | 1.00 | – |\n", "\nOne round.\n"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("missing %q in:\n%s", want, &out)
		}
	}
}

func TestJSON(t *testing.T) {
	var out bytes.Buffer
	if err := sample().writeJSON(&out); err != nil {
		t.Fatal(err)
	}
	var got report
	if err := json.Unmarshal(out.Bytes(), &got); err != nil {
		t.Fatal(err)
	}
	c := got.Tables[0].Rows[0].Cells
	if len(c[0].Figures) != 3 || c[0].Median != 0.3 || c[0].Ratio == nil || c[0].Ratio.Max != 2 || c[1].Ratio != nil {
		t.Errorf("cells %+v in:\n%s", c, &out)
	}
}

func TestFigure(t *testing.T) {
	for x, want := range map[float64]string{0: "0.000", 0.12345: "0.123", 0.9996: "1.00", 1.234: "1.23", 9.996: "10.0", 99.96: "100", 12345.6: "12346"} {
		if got := figure(x); got != want {
			t.Errorf("figure(%v) = %s, want %s", x, got, want)
		}
	}
	if got := figure(math.NaN()); got != "–" {
		t.Errorf("figure(NaN) = %s", got)
	}
}

func TestCheckCounts(t *testing.T) {
	if err := checkCounts([]byte("  5\n7\n"), []int64{5, 7}); err != nil {
		t.Error(err)
	}
	for _, text := range []string{"", "5\n", "5\n8\n", "5\nERROR\n", "5\n7\n7\n", "57\n"} {
		if err := checkCounts([]byte(text), []int64{5, 7}); err == nil || !strings.Contains(err.Error(), "WRONG COUNT") {
			t.Errorf("%q: %v", text, err)
		}
	}
}

// The order is of no matter, the numbers are.
func TestCheckCountsOfMany(t *testing.T) {
	want := []int64{5, 5, 7, refused}
	for _, text := range []string{"5\n5\n7\nERROR\n", "7\nERROR\n5\n5\n"} {
		if err := checkCountsOfMany([]byte(text), want); err != nil {
			t.Errorf("%q: %v", text, err)
		}
	}
	for _, text := range []string{
		"", "5\n7\nERROR\n", "5\n7\n7\nERROR\n", "5\n5\n5\n7\nERROR\n", "5\n5\n7\n7\n", "5\nERROR\n7\nERROR\n", "5\n5\n7\n-1\n",
		"5\n5\n7\nerror\n", "55\n7\nERROR\n", "5\n5\n7\n\nERROR\n",
	} {
		if err := checkCountsOfMany([]byte(text), want); err == nil || !strings.Contains(err.Error(), "WRONG COUNT") {
			t.Errorf("%q: %v", text, err)
		}
	}
}

// A workload may have a base of its own; what the user asks for comes before it.
func TestBase(t *testing.T) {
	results := []*measured{{&peer{name: "c"}, nil}, {&peer{name: "c-epoll"}, nil}, {&peer{name: "ours-many"}, nil}}
	for _, c := range []struct {
		asked string
		bases []string
		want  string
	}{
		{"", nil, "c"}, {"", []string{"c-epoll", "ours-many"}, "c-epoll"}, {"", []string{"gone", "ours-many"}, "ours-many"}, {"", []string{"gone"}, "c"},
		{"ours-many", []string{"c-epoll"}, "ours-many"}, {"ours", []string{"c-epoll"}, "c-epoll"},
	} {
		r := &report{Base: "c", asked: c.asked}
		if got, _ := r.base(&workload{bases: c.bases}, results); got != c.want {
			t.Errorf("asked for %q, with %q: %q, want %q", c.asked, c.bases, got, c.want)
		}
	}
}

func TestIperf3Check(t *testing.T) {
	const n = 1 << 30
	if err := iperf3Check([]byte(`{"end":{"sum_received":{"bytes":1073000000}}}`), n); err != nil {
		t.Error(err)
	}
	for _, text := range []string{"", `{"error":"x"}`, `{"end":{}}`, `{"end":{"sum_received":{"bytes":1073741825}}}`} {
		if iperf3Check([]byte(text), n) == nil {
			t.Errorf("%q: no error", text)
		}
	}
}
