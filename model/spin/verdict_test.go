package spin

import "testing"

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
