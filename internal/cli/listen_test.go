package cli

import (
	"testing"

	"accio/internal/require"
)

func TestListen(t *testing.T) {
	right := 0
	for text, want := range map[string]string{
		"127.0.0.1:5000": "127.0.0.1:5000", "0.0.0.0:0": "0.0.0.0:0", "[::]:5000": "[::]:5000", "[::1]:1": "[::1]:1",
		"localhost:5000": "127.0.0.1:5000", "[fe80::1%eth0]:5000": "[fe80::1%eth0]:5000",
		"unix:/run/a": "unix:/run/a", "/run/a": "unix:/run/a", "@a": "unix:@a", "unix:a": "unix:a",
		"": "", "5000": "", ":5000": "", "unix:": "", "@": "", "unix:@": "", "example.org:5000": "", "127.0.0.1": "", "127.0.0.1:x": "", "127.0.0.1:65536": "", "::1:5000": "",
	} {
		var l Listen
		err := l.Set(text)
		if (err == nil) != (want != "") || l.String() != want {
			t.Errorf("%q: %q, %v; want %q", text, l.String(), err, want)
		}
		if err == nil {
			right++
		}
	}
	require.Ran(t, "right ones", right, 10)
	var l Listen
	l.Set("0.0.0.0:1")
	l.Set("/a")
	if l.String() != "0.0.0.0:1, unix:/a" {
		t.Error(l)
	}
}
