package share

import "testing"

// Every place is of one share of N, and Of counts them.
func TestShares(t *testing.T) {
	for n := 1; n < 5; n++ {
		for size := range 12 {
			all := 0
			for i := 1; i <= n; i++ {
				s, err := Parse(string(rune('0'+i)) + "/" + string(rune('0'+n)))
				if err != nil {
					t.Fatal(err)
				}
				has := 0
				for place := range size {
					if s.Has(place) {
						has++
					}
				}
				if has != s.Of(size) {
					t.Errorf("%s of %d: %d, it says %d", &s, size, has, s.Of(size))
				}
				all += has
			}
			if all != size {
				t.Errorf("%d shares of %d have %d", n, size, all)
			}
		}
	}
	if all, err := Parse(""); err != nil || !all.Has(3) || all.Of(5) != 5 || all.String() != "" {
		t.Errorf("%v, %v", all, err)
	}
	for _, text := range []string{"1", "0/2", "3/2", "a/2", "1/b", "-1/2", "1/0", "/"} {
		if s, err := Parse(text); err == nil {
			t.Errorf("%q: %v", text, s)
		}
		if err := new(Share).Set(text); err != errShare {
			t.Errorf("%q: %v", text, err)
		}
	}
}
