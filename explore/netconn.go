package explore

import (
	"net"
	"net/netip"
)

// netConn is a Conn for those who know package net: its Write writes everything, or
// returns an error.
type netConn struct{ *Conn }

var _ net.Conn = netConn{}

func (c netConn) Write(p []byte) (n int, err error) {
	for {
		m, err := c.Conn.Write(p[n:])
		if n += m; err != nil || n == len(p) {
			return n, err
		}
	}
}

func (netConn) LocalAddr() net.Addr  { return address(80) }
func (netConn) RemoteAddr() net.Addr { return address(50000) }

// address is one in a block that documentation may use.
func address(port uint16) net.Addr {
	return net.TCPAddrFromAddrPort(netip.AddrPortFrom(netip.AddrFrom4([4]byte{192, 0, 2, 1}), port))
}
