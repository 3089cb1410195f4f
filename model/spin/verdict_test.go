package spin

import (
	"strings"
	"testing"
)

// What a verifier prints is believed only if it is complete.
func TestErrors(t *testing.T) {
	for _, test := range []struct {
		output string
		want   int
		ok     bool
	}{
		{"State-vector 12 byte, depth reached 4, errors: 0\n", 0, true},
		{"Warning: Search not completed\nState-vector 12 byte, depth reached 4, errors: 1\n", 1, true},
		{"", 0, false},
		{"errors: many\n", 0, false},
		{"errors: 0\nerrors: 0\n", 0, false},
		{"error: max search depth too small\nState-vector 12 byte, depth reached 99, errors: 0\n", 0, false},
		{"pan: out of memory\nerrors: 0\n", 0, false},
		{"Warning: Search not completed\nerrors: 0\n", 0, false},
	} {
		got, err := Errors(test.output)
		if got != test.want && test.ok || (err == nil) != test.ok {
			t.Errorf("%q: %d, %v", test.output, got, err)
		}
	}
}

// The sum of a hundred million steps is printed with too few digits.
func TestSizes(t *testing.T) {
	const output = `State-vector 36 byte, depth reached 61, errors: 0
 15689989 states, stored
 88761375 states, matched
1.0445136e+08 transitions (= stored+matched)
  718.566	actual memory usage for states (compression: 85.75%)
  128.000	memory used for hash table (-w24)
`
	var s Size
	if err := s.read(output); err != nil || s.States != 15689989 || s.Edges != 104451363 || int(s.Bytes) != 56 {
		t.Errorf("%+v, %v", s, err)
	}
	for _, broken := range []string{"", strings.Replace(output, "errors: 0", "errors: 1", 1), strings.Replace(output, "states, matched", "", 1), strings.Replace(output, "states, stored", "", 1)} {
		if err := s.read(broken); err == nil {
			t.Errorf("no error for\n%s", broken)
		}
	}
}
