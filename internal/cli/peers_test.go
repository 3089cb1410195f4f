package cli

import (
	"strings"
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

// Of IPv6 every address is every one of IPv4 too.
func TestReach(t *testing.T) {
	for at, want := range map[string]string{
		"0.0.0.0:1": "4", "127.0.0.1:1": "4", "[::ffff:127.0.0.1]:1": "4", "[::1]:1": "6", "[::]:1": "4 6", "unix:a": "unix",
	} {
		var l Listen
		if err := l.Set(at); err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, from := range [][2]string{{"10.0.0.0/8", "4"}, {"::/0", "6"}, {"unix", "unix"}} {
			var p Peers
			if err := p.Set(from[0]); err != nil {
				t.Fatal(err)
			}
			if p.Reach(l[0]) {
				got = append(got, from[1])
			}
		}
		if strings.Join(got, " ") != want {
			t.Errorf("%s: %q, wanted %s", at, got, want)
		}
	}
	if new(Peers).Reach(ListenAddress{Path: "a"}) {
		t.Error("nobody can")
	}
}
