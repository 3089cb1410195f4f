package main

import (
	"net/netip"
	"strings"
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

// Files are one however their names are written; an abstract socket is no file, and in
// /dev/null nothing meets.
func TestFilesThatAreTaken(t *testing.T) {
	for args, want := range map[string]bool{
		"--log-file a --trace ./a":                      false,
		"--log-file a --trace b":                        true,
		"--log-file /dev/null --trace /dev/null":        true,
		"--control a --trace x/../a":                    false,
		"--listen unix:@a//b --listen unix:@a/b":        true,
		"--listen unix:@a --listen unix:@a":             false,
		"--listen unix:@a --log-file @a":                true,
		"--listen unix:a --listen unix:b --trace a.log": true,
		"--listen unix:a//b --listen unix:a/b":          false,
	} {
		list := strings.Fields(args)
		if !strings.Contains(args, "--listen") {
			list = append(list, "5000")
		}
		if _, _, err := parse(list); (err == nil) != want {
			t.Errorf("%s: %v", args, err)
		}
	}
}
