package main

import (
	"regexp"
	"slices"
	"testing"
)

func TestChoose(t *testing.T) {
	chosen := func(o options) (ids []string) {
		all := map[string][]*mutant{}
		for _, id := range []string{"a1", "a2", "a3", "a4", "b1", "b2"} {
			all[id[:1]] = append(all[id[:1]], &mutant{ID: id, File: id[:1] + "/x.go"})
		}
		if o.file == nil {
			o.file = regexp.MustCompile("")
		}
		if err := o.choose(".", all); err != nil {
			t.Fatal(err)
		}
		for _, list := range all {
			for _, m := range list {
				ids = append(ids, m.ID)
			}
		}
		slices.Sort(ids)
		return ids
	}
	if got := chosen(options{}); len(got) != 6 {
		t.Errorf("%q", got)
	}
	if got := chosen(options{file: regexp.MustCompile(`^b/`)}); !slices.Equal(got, []string{"b1", "b2"}) {
		t.Errorf("%q", got)
	}
	samples := map[string]bool{}
	for seed := range uint64(20) {
		got := chosen(options{sample: 2, seed: seed})
		if len(got) != 2 || got[0][0] != got[1][0] || !slices.Equal(got, chosen(options{sample: 2, seed: seed})) {
			t.Errorf("seed %d: %q", seed, got)
		}
		samples[got[0]+got[1]] = true
	}
	if len(samples) < 4 {
		t.Errorf("20 seeds give %v", samples)
	}
}
