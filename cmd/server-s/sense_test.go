package main

import (
	"net/netip"
	"testing"

	"accio/internal/cli"
)

// Two addresses cannot both be had where one is the other, or all of its kind.
func TestAddressesThatAreTaken(t *testing.T) {
	for _, c := range []struct {
		a, b string
		want bool
	}{
		{"127.0.0.1:5000", "127.0.0.1:5000", true},
		{"127.0.0.1:5000", "127.0.0.1:5001", false},
		{"127.0.0.1:5000", "127.0.0.2:5000", false},
		{"127.0.0.1:0", "127.0.0.1:0", false},
		{"0.0.0.0:5000", "127.0.0.1:5000", true},
		{"0.0.0.0:5000", "[::ffff:127.0.0.1]:5000", true},
		{"0.0.0.0:5000", "[::1]:5000", false},
		{"[::]:5000", "[::1]:5000", true},
		{"[::]:5000", "127.0.0.1:5000", true},
		{"[::]:5000", "0.0.0.0:5000", true},
		{"[::1]:5000", "127.0.0.1:5000", false},
	} {
		a := taken{"", cli.ListenAddress{AddrPort: netip.MustParseAddrPort(c.a)}}
		b := taken{"", cli.ListenAddress{AddrPort: netip.MustParseAddrPort(c.b)}}
		if a.is(b) != c.want || b.is(a) != c.want {
			t.Errorf("%s and %s: %t, %t, wanted %t", c.a, c.b, a.is(b), b.is(a), c.want)
		}
	}
}
