package cli

import (
	"errors"
	"net/netip"
	"slices"
	"strings"
)

// Peers is the value of a flag that names peers, once each time that it is given: an
// address, a prefix of addresses, or those who come by a Unix socket. The zero value is
// nobody.
type Peers struct {
	Prefixes []netip.Prefix // masked; those of IPv4 as such
	Unix     bool
}

// Set implements pflag.Value.
func (p *Peers) Set(text string) error {
	if text == "unix" {
		p.Unix = true
		return nil
	}
	prefix, err := netip.ParsePrefix(text)
	if err != nil {
		a, err := netip.ParseAddr(text)
		if err != nil || a.Zone() != "" {
			return errPeers
		}
		prefix = netip.PrefixFrom(a, a.BitLen())
	}
	if a := prefix.Addr(); a.Is4In6() {
		if prefix.Bits() < 96 {
			return errPeers
		}
		prefix = netip.PrefixFrom(a.Unmap(), prefix.Bits()-96)
	}
	if prefix != prefix.Masked() {
		return errors.New("it has bits behind its length; that prefix is " + prefix.Masked().String())
	}
	p.Prefixes = append(p.Prefixes, prefix)
	return nil
}

var errPeers = errors.New("it must be an IP address or a prefix, or unix for Unix sockets, for example 192.0.2.7, 10.0.0.0/8 or 2001:db8::/32")

// Any reports whether anybody is named.
func (p *Peers) Any() bool { return p.Unix || len(p.Prefixes) > 0 }

// Reach reports whether any of them can connect to what listens on a.
func (p *Peers) Reach(a ListenAddress) bool {
	if a.Path != "" {
		return p.Unix
	}
	at := a.Addr().Unmap()
	return slices.ContainsFunc(p.Prefixes, func(prefix netip.Prefix) bool {
		return prefix.Addr().Is4() == at.Is4() || at == netip.IPv6Unspecified()
	})
}

func (p *Peers) String() string {
	var all []string
	for _, prefix := range p.Prefixes {
		all = append(all, prefix.String())
	}
	if p.Unix {
		all = append(all, "unix")
	}
	return strings.Join(all, ", ")
}

// Type implements pflag.Value.
func (*Peers) Type() string { return "prefix" }
