package cli

import (
	"strings"
	"testing"
)

func TestName(t *testing.T) {
	for _, text := range []string{"a", "rack1-3.example_9", strings.Repeat("x", 64)} {
		var n Name
		if err := n.Set(text); err != nil || n.String() != text || n.Type() != "name" {
			t.Errorf("%q: %q, %v", text, n, err)
		}
	}
	for _, text := range []string{"", "a b", "a/b", "é", "a\n", "\"", strings.Repeat("x", 65)} {
		n := Name("before")
		if err := n.Set(text); err == nil || n != "before" {
			t.Errorf("%q: %q, %v", text, n, err)
		}
	}
}
