package cli

import (
	"strings"
	"testing"
)

func TestHosts(t *testing.T) {
	var h Hosts
	for _, text := range []string{"Lab7.example.org", "lab7", "192.0.2.1", "::1", "2001:DB8::1", "my_box", "xn--bcher-kva.example", "lab7", strings.Repeat("a", 63)} {
		if err := h.Set(text); err != nil {
			t.Errorf("%q: %v", text, err)
		}
	}
	if got := strings.ReplaceAll(h.String(), strings.Repeat("a", 63), "a"); got != "192.0.2.1, 2001:db8::1, ::1, a, lab7, lab7.example.org, my_box, xn--bcher-kva.example" {
		t.Errorf("they are %s", got)
	}
	for _, text := range []string{
		"", " ", "*", "*.example", "lab7:8080", "[::1]", "[::1]:80", "http://lab7", "lab7/", "lab7.", ".lab7", "a..b", "-a", "bücher.example", "a b", "a,b", "a\n",
		strings.Repeat("a", 64), strings.Repeat("a.", 127) + "a",
	} {
		if err := h.Set(text); err != errHost {
			t.Errorf("%q: %v", text, err)
		}
	}
	if len(h) != 8 {
		t.Errorf("%d hosts after what was refused", len(h))
	}
}
