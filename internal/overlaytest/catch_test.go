package overlaytest

import "testing"

func TestShare(t *testing.T) {
	for text, want := range map[string][2]int{"": {0, 1}, "1/1": {0, 1}, "1/3": {0, 3}, "3/3": {2, 3}} {
		if first, every, err := share(text); [2]int{first, every} != want || err != nil {
			t.Errorf("%q: from %d, every %d, %v", text, first, every, err)
		}
	}
	for _, text := range []string{"0/3", "4/3", "x", "1/", "/3", "-1/3"} {
		if first, every, err := share(text); err == nil {
			t.Errorf("%q: from %d, every %d", text, first, every)
		}
	}
}
