package transport

import (
	"context"
	"net/netip"
	"os"
)

// Address is where a server listens: an address and port of TCP, or the path of a Unix
// socket. The zero value is none.
type Address struct {
	// AddrPort is that of TCP. An unspecified IPv6 address is that of both families;
	// port 0 lets the system choose one.
	netip.AddrPort
	// Path is that of a Unix socket; one that begins with @ is abstract (unix(7)). It is
	// empty for TCP.
	Path string
}

// String returns the address as Go and people write it, a path behind "unix:".
func (a Address) String() string {
	if a.Path != "" {
		return "unix:" + a.Path
	}
	return a.AddrPort.String()
}

// ListenAt opens a listener. The error is a *net.OpError or wraps a system call's error.
// A Unix socket that nobody listens on any more is replaced.
func ListenAt(ctx context.Context, at Address) (Listener, error) { return listenAt(ctx, at) }

// Listen opens a plain TCP listener on IPv4 0.0.0.0 (docs/protocol.md §6.1);
// port 0 lets the system choose one. The error is a *net.OpError or wraps a
// system call's error.
//
// On Linux its connections are served by system calls of our own, unless the
// program was built with the tag portable; elsewhere by package net.
func Listen(ctx context.Context, port int) (Listener, error) {
	return listenAt(ctx, Address{AddrPort: netip.AddrPortFrom(netip.IPv4Unspecified(), uint16(port))})
}

// Inherit makes a listener of a socket that another program has opened and listens on
// too: its Close leaves that one its clients. The file may be closed afterwards.
func Inherit(f *os.File) (Listener, error) { return inherit(f) }

// Where returns the address of a listener.
func Where(ln Listener) Address {
	if named, ok := ln.(interface{ where() Address }); ok {
		return named.where()
	}
	return Address{AddrPort: ln.Addr()}
}

// Peer returns a peer's address as text; "local" is whoever came by a Unix socket, where
// peers have none.
func Peer(remote netip.AddrPort) string {
	if !remote.IsValid() {
		return "local"
	}
	return remote.String()
}
