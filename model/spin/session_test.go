package spin

import (
	"os"
	"path/filepath"
	"testing"

	"accio/internal/require"
	"accio/model/guarded"
)

// A trail that an earlier search has left is nobody's.
func TestStaleTrail(t *testing.T) {
	if tool := Missing(); tool != "" {
		require.Missing(t, tool, "no trail is made")
	}
	p := &guarded.Program{Name: "counter"}
	n := p.Var("n", 0)
	p.Rule("on", n.Get().Below(guarded.Num(3)), guarded.Set(n, n.Get().Plus(guarded.Num(1))))
	small := guarded.Always("small", "n is small", n.Get().Below(guarded.Num(2)))
	nine := guarded.Eventually("nine", "n is nine", n.Is(9))
	p.Claim(small, nine, guarded.Always("less", "n is at most 3", n.Get().Below(guarded.Num(4))))
	v, err := Build(t.TempDir(), p)
	if err != nil {
		t.Fatal(err)
	}
	s, err := v.Session()
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if err := os.WriteFile(filepath.Join(s.dir, "stale.trail"), []byte("1:1:1\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	for i, want := range []Verdict{{false, 2}, {false, -1}, {true, -1}} {
		if got, err := s.Decide(p, p.Claims[i]); got != want || err != nil {
			t.Errorf("%s: %v, %v, want %v", p.Claims[i].Name, got, err, want)
		}
	}
	if trails, err := s.trails(); len(trails) != 0 {
		t.Errorf("%v, %v are left after a claim that holds", trails, err)
	}
}
