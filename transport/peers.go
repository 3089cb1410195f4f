package transport

import (
	"fmt"
	"net/netip"
)

// peers counts the connections in service by where they come from. The zero value
// counts none.
type peers map[netip.Prefix]int

// enter counts one more of a network, or says that it would be more than most.
func (p *peers) enter(from netip.Prefix, most int) error {
	if *p == nil {
		*p = peers{}
	}
	if (*p)[from] >= most {
		return fmt.Errorf("%w: %s has %d in service", ErrPerPeer, peersOf(from), most)
	}
	(*p)[from]++
	return nil
}

// leave takes back what enter has counted.
func (p peers) leave(from netip.Prefix) {
	if p[from] > 1 {
		p[from]--
	} else {
		delete(p, from)
	}
}

// network is what stands for a peer: its address, or of IPv6 the first 64 bits, which
// one host has to itself. A Unix socket has none.
func network(remote netip.AddrPort) netip.Prefix {
	addr := remote.Addr().Unmap()
	prefix, _ := addr.Prefix(min(addr.BitLen(), 64)) // which drops the zone
	return prefix
}

// peersOf names those of a network: one by his address.
func peersOf(network netip.Prefix) string {
	if network.IsSingleIP() {
		return network.Addr().String()
	}
	return network.String()
}
