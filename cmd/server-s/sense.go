package main

import (
	"fmt"
	"net/netip"
	"os"
	"path/filepath"
	"slices"

	"accio/internal/cli"
)

// sense is an error for what is right by itself, and makes no sense together.
func (o *options) sense() error {
	logged, traced := cli.File(o.logFile), cli.File(o.trace)
	switch {
	case logged != "" && logged.Is(os.Stdout) && !logged.Is(os.Stderr): // where the log goes without a file is none of our business
		return cli.Usagef("--log-file %s: that is where standard output goes, which is for the results alone", o.logFile)
	case traced != "" && traced.Is(os.Stdout):
		return cli.Usagef("--trace %s: that is where standard output goes, which is for the results alone", o.trace)
	}
	all := o.takes()
	for i, b := range all {
		for _, a := range all[:i] {
			if a.is(b) {
				return cli.Usagef("%s and %s cannot both be had; give each its own", a.said, b.said)
			}
		}
	}
	if from := &o.proxyFrom; o.proxied && len(o.addresses()) > 0 && !slices.ContainsFunc(o.addresses(), from.Reach) {
		return cli.Usagef("--proxy-from %s: nobody of those can connect to %s, so everybody would be refused", from, o.addresses())
	}
	return o.limits.sense(o.concurrency)
}

// taken is a file or an address that the command line names, or neither.
type taken struct {
	said string
	cli.ListenAddress
}

func (o *options) takes() []taken {
	file := func(flag, name string) taken {
		if name == "" {
			return taken{}
		}
		return taken{flag + " " + name, cli.ListenAddress{Path: absolute(name)}}
	}
	all := []taken{
		file("--log-file", o.logFile), file("--trace", o.trace), file("--control", o.control),
		{"--http " + o.http.String(), cli.ListenAddress{AddrPort: o.http.AddrPort}},
	}
	for _, a := range o.addresses() {
		said := "--listen " + a.String()
		if o.port != 0 {
			said = fmt.Sprintf("the port %d", o.port)
		}
		if a.Path != "" && a.Path[0] != '@' { // which is no file
			a.Path = absolute(a.Path)
		}
		all = append(all, taken{said, a})
	}
	return all
}

func absolute(path string) string {
	if abs, err := filepath.Abs(path); err == nil {
		return abs
	}
	return path
}

// addresses are those that the command line says to listen on.
func (o *options) addresses() cli.Listen {
	if o.port == 0 {
		return o.listen
	}
	return cli.Listen{{AddrPort: netip.AddrPortFrom(netip.IPv4Unspecified(), uint16(o.port))}}
}

// is reports whether a and b cannot both be had.
func (a taken) is(b taken) bool {
	x, y := a.Addr().Unmap(), b.Addr().Unmap()
	return a.Path != "" && a.Path != os.DevNull && a.Path == b.Path ||
		a.Port() != 0 && a.Port() == b.Port() && (x == y || covers(x, y) || covers(y, x))
}

// covers reports whether x is every address of the kind that y is; of IPv6 that is of IPv4 too.
func covers(x, y netip.Addr) bool { return x.IsUnspecified() && (x.Is6() || y.Is4()) }
