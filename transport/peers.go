package transport

import (
	"fmt"
	"net/netip"
)

// peers counts the connections in service by where they come from. The zero value
// counts none.
type peers map[netip.Addr]int

// enter counts one more of a network, and says if that is more than most. The zero value
// is none.
func (p *peers) enter(from netip.Addr, most int) error {
	if !from.IsValid() {
		return nil
	}
	if *p == nil {
		*p = peers{}
	}
	(*p)[from]++
	if (*p)[from] <= most {
		return nil
	}
	return fmt.Errorf("%w: %s has %d in service", ErrPerPeer, from, most)
}

// leave takes back what enter has counted.
func (p peers) leave(from netip.Addr) {
	switch n := p[from]; {
	case n > 1:
		p[from] = n - 1
	case n == 1:
		delete(p, from)
	}
}

// network is what stands for a peer: its address, or of IPv6 the first 64 bits, which
// one host has to itself.
func network(remote netip.AddrPort) netip.Addr {
	addr := remote.Addr().Unmap().WithZone("")
	if addr.Is6() {
		prefix, _ := addr.Prefix(64)
		addr = prefix.Addr()
	}
	return addr
}
