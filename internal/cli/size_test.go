package cli

import "testing"

func TestSize(t *testing.T) {
	for text, want := range map[string]Size{"1": 1, "1000": 1000, "1kB": 1000, "1KiB": 1024, "64MiB": 64 << 20, "1 GB": 1e9} {
		var s Size
		if err := s.Set(text); err != nil || s != want {
			t.Errorf("%q: %d, %v", text, s, err)
		}
	}
	for _, text := range []string{"", "0", "-1", "many", "1 pound", "1e9PB", "9000PB"} {
		s := Size(7)
		if err := s.Set(text); err == nil || s != 7 {
			t.Errorf("%q: %d, %v", text, s, err)
		}
	}
	for _, text := range []string{"9000PB", "1025TiB", "99999999EiB", "99999999999999999999"} {
		if err := new(Size).Set(text); err == nil || err.Error() != "it must be at most 1PiB" {
			t.Errorf("%q: %v", text, err)
		}
	}
	s := Size(0)
	if s.String() != "" {
		t.Errorf("none is %q", s.String())
	}
	if s = 64 << 20; s.String() != "64 MiB" || s.Type() != "size" {
		t.Errorf("%s of type %s", s.String(), s.Type())
	}
}
