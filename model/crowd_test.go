package model_test

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"accio/internal/require"
	"accio/model"
	"accio/model/guarded"
	"accio/modelcheck"
	"accio/protocol"
)

// crowd returns so many clients, places and greedy clients, with every claim.
func crowd(of [3]int) *model.Crowd {
	c := model.NewCrowd(&protocol.Server, of[0], of[1], of[2])
	c.Claim(c.Live()...)
	return c
}

// Every claim holds of crowds of up to four clients, but for one: that whoever
// is not greedy is not left waiting is false if the greedy ones may have all
// places.
func TestCrowd(t *testing.T) {
	t.Parallel()
	unlessRacing(t)
	starved := 0
	for of, size := range map[[3]int][3]int{ // clients, places, greedy: states, edges, depth
		{1, 1, 0}: {71, 216, 11},
		{2, 1, 0}: {573, 1999, 20},
		{2, 1, 1}: {583, 2056, 20},
		{2, 2, 1}: {1311, 7103, 20},
		{3, 1, 1}: {3859, 14533, 29},
		{3, 2, 0}: {13609, 83565, 29},
		{3, 2, 1}: {13762, 85104, 29},
		{3, 2, 2}: {13820, 86184, 29},
		{3, 3, 2}: {23987, 188221, 29},
		{3, 2, 3}: {13802, 86885, 29},
		{4, 2, 1}: {114031, 751932, 38},
	} {
		c := crowd(of)
		r := c.Check(modelcheck.Limit{})
		t.Logf("%v: %d states, %d edges, depth %d", of, r.States, r.Edges, r.Depth)
		if got := [3]int{r.States, r.Edges, r.Depth}; r.Err != nil || got != size {
			t.Errorf("%v: %v, want %v, %v", of, got, size, r.Err)
		}
		for i, v := range r.Verdicts {
			want := modelcheck.Holds
			if strings.HasPrefix(c.Claims[i].Name, "served_") && of[1] <= of[2] {
				want = modelcheck.Violated
			}
			if v.Outcome != want {
				t.Errorf("%v: %v: %s\n%v", of, v.Outcome, v.Property, v.Trace)
			}
			if want == modelcheck.Violated && v.Trace != nil {
				starved++
				onlyGreedy(t, of, v.Trace)
			}
		}
	}
	require.Ran(t, "clients left waiting", starved, 1+2+1)
}

// onlyGreedy fails the test unless nothing happens in the loop but that greedy
// clients send, and all places are taken by clients that are counted.
func onlyGreedy(t *testing.T, of [3]int, trace *modelcheck.Trace[guarded.State]) {
	t.Helper()
	sends := map[string]bool{}
	for i := range of[2] {
		sends["client "+string(rune('1'+i))+" sends a byte more, which the server counts"] = true
	}
	for _, step := range trace.Loop {
		if !sends[step.Label] {
			t.Errorf("%v: this is no loop in which only greedy clients send:\n%v", of, trace)
		}
	}
	if text := trace.String(); len(trace.Loop) == 0 || strings.Count(text[strings.LastIndex(text, "repeat for ever"):], "=Streaming") != of[1]*len(trace.Loop) {
		t.Errorf("%v: there is a place that nobody is counted in:\n%v", of, trace)
	}
}

// Up to a renaming of clients a crowd is explored in as many states as there are
// classes of them, with the same verdicts. ACCIO_LONG goes on to eight clients.
func TestReducedCrowd(t *testing.T) {
	t.Parallel()
	unlessRacing(t)
	sizes := map[[3]int][3]int{
		{1, 1, 0}: {60, 174, 11},
		{2, 1, 0}: {234, 767, 20},
		{2, 1, 1}: {448, 1512, 20},
		{2, 2, 1}: {862, 4391, 20},
		{3, 1, 1}: {1544, 5526, 29},
		{3, 2, 0}: {4466, 25979, 29},
		{3, 2, 1}: {4466, 26125, 29},
		{3, 2, 2}: {8528, 50763, 29},
		{3, 3, 2}: {13679, 102954, 29},
		{3, 2, 3}: {4466, 26418, 29},
		{4, 2, 1}: {36546, 230149, 38},
		{5, 2, 1}: {145226, 951945, 47},
	}
	if os.Getenv("ACCIO_LONG") != "" {
		sizes[[3]int{6, 2, 1}] = [3]int{402358, 2707985, 56}
		sizes[[3]int{7, 2, 1}] = [3]int{906638, 6226822, 65}
		sizes[[3]int{8, 2, 1}] = [3]int{1790638, 12508887, 74}
		sizes[[3]int{8, 3, 1}] = [3]int{7343791, 71465723, 74}
	}
	for of, size := range sizes {
		c := crowd(of)
		wantReduced(t, fmt.Sprint(of), c.Program, c.Reduce(), size, of[0] <= 4)
	}
}
