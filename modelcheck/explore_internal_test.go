package modelcheck

import "testing"

// Edges are stored only if they are asked for: they are most of the memory.
func TestEdgesAreKeptOnlyIfAskedFor(t *testing.T) {
	ring := System[int]{Initial: []int{0}, Next: func(s int) []Step[int] { return []Step[int]{{"on", (s + 1) % 5}} }}
	for keep, want := range map[bool][2]int{false: {0, 0}, true: {6, 5}} {
		g, err := explore(t.Context(), ring, Options{}, keep, &watchers[int]{})
		if err != nil || g.Len() != 5 || g.EdgeLen() != 5 {
			t.Fatal(g.Len(), g.EdgeLen(), err)
		}
		if got := [2]int{len(g.first), len(g.to)}; got != want || len(g.label) != want[1] {
			t.Errorf("keep %v: %d rows and %d edges, not %v", keep, got[0], got[1], want)
		}
	}
	// What it comes to: 5 states of 8 bytes, with parent and via, 5 levels, 64 slots.
	g, _ := explore(t.Context(), ring, Options{}, false, &watchers[int]{})
	if got, want := g.Bytes(), 8*cap(g.states)+4*(cap(g.parent)+cap(g.via)+cap(g.levels))+8*64; got != want {
		t.Errorf("%d bytes, not %d", got, want)
	} else if r := Check(ring, Limit{}, Always("small", func(s int) bool { return s < 5 })); r.Bytes != want {
		t.Errorf("Check took %d bytes, not %d", r.Bytes, want)
	}
}
