package cli

import (
	"testing"

	"accio/internal/require"
)

func TestPeers(t *testing.T) {
	right := 0
	for text, want := range map[string]string{
		"192.0.2.7": "192.0.2.7/32", "10.0.0.0/8": "10.0.0.0/8", "0.0.0.0/0": "0.0.0.0/0", "2001:db8::/32": "2001:db8::/32", "::1": "::1/128",
		"::ffff:192.0.2.7": "192.0.2.7/32", "::ffff:10.0.0.0/104": "10.0.0.0/8", "unix": "unix",
		"": "", "localhost": "", "10.0.0.0/33": "", "10.0.0.1/8": "", "10/8": "", "fe80::1%eth0": "", "::ffff:0.0.0.0/90": "", "192.0.2.7:5000": "", "Unix": "",
	} {
		var p Peers
		err := p.Set(text)
		if (err == nil) != (want != "") || p.String() != want || p.Any() != (want != "") {
			t.Errorf("%q: %q, %v; want %q", text, p.String(), err, want)
		}
		if err == nil {
			right++
		}
	}
	require.Ran(t, "right ones", right, 8)
	var p Peers
	p.Set("unix")
	p.Set("192.0.2.7")
	p.Set("10.0.0.0/8")
	if p.String() != "192.0.2.7/32, 10.0.0.0/8, unix" {
		t.Error(p.String())
	}
}
