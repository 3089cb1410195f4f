package transport

import (
	"context"
	"errors"
	"net"
	"net/netip"
	"os"
	"sync/atomic"

	"accio/internal/socketfile"
)

// Listener hands out connections.
type Listener interface {
	// Accept waits for the next connection. It returns net.ErrClosed after
	// Close. The connection before must have been closed.
	Accept() (Incoming, error)
	// Close stops listening and ends a waiting Accept; clients that have not
	// been accepted are reset by the system. It may be called from any
	// goroutine, and twice.
	Close() error
	// Addr returns the address and port that it listens on.
	Addr() netip.AddrPort
}

// Queue is a Listener that can tell how many clients wait for it.
type Queue interface {
	// Queued returns how many connections are established and not accepted
	// yet; ok is false where the system does not tell, and after Close: n is 1
	// then if it tells that there are any. It may be called from any goroutine.
	Queued() (n int, ok bool)
}

// Incoming is a connection that was accepted.
type Incoming interface {
	Conn
	// Remote returns the peer's address.
	Remote() netip.AddrPort
	// Close closes both directions. Where the peer's bytes are left unread the
	// system makes it a reset.
	Close() error
}

// portableConfig has Multipath TCP, Go's default, off: it makes transfers
// slower. So are keep-alive probes: the idle limit makes them superfluous.
func portableConfig() *net.ListenConfig {
	config := &net.ListenConfig{KeepAlive: -1, Control: inlineUrgent}
	config.SetMultipathTCP(false)
	return config
}

func listenPortable(ctx context.Context, at Address) (Listener, error) {
	var network string
	switch {
	case at.Path != "":
		socketfile.Free(at.Path)
		ln, err := new(net.ListenConfig).Listen(ctx, "unix", at.Path)
		if err != nil {
			return nil, err
		}
		ln.(*net.UnixListener).SetUnlinkOnClose(false)
		return &netListener{Listener: ln, discarded: make([]byte, discardBuffer), file: socketfile.Bound(at.Path)}, nil
	case at.Addr().Is4():
		network = "tcp4"
	case at.Addr().IsUnspecified():
		network = "tcp"
	default:
		network = "tcp6"
	}
	ln, err := portableConfig().Listen(ctx, network, at.AddrPort.String())
	if err != nil {
		return nil, err
	}
	return portable(ln)
}

func portable(ln net.Listener) (Listener, error) {
	if ln.Addr() == nil { // which package net leaves to the caller to find out
		ln.Close()
		return nil, &net.OpError{Op: "listen", Net: "tcp4", Err: os.NewSyscallError("getsockname", errors.ErrUnsupported)}
	}
	return &netListener{Listener: ln, discarded: make([]byte, discardBuffer)}, nil
}

// inheritPortable is Inherit by package net.
func inheritPortable(f *os.File) (Listener, error) {
	ln, err := net.FileListener(f)
	if err != nil {
		return nil, err
	}
	if unix, ok := ln.(*net.UnixListener); ok {
		unix.SetUnlinkOnClose(false)
	}
	if a := ln.Addr(); a != nil && a.Network() == "unixpacket" {
		ln.Close()
		return nil, &net.OpError{Op: "listen", Net: "unixpacket", Err: errNoStream}
	}
	return portable(ln)
}

var errNoStream = errors.New("a socket of packets, wanted one of a stream")

type netListener struct {
	net.Listener
	discarded []byte // lent to one connection after another
	file      socketfile.File
	closed    atomic.Bool
}

// Close implements Listener.
func (l *netListener) Close() error {
	if !l.closed.Swap(true) { // later the name may be another's
		l.file.Remove()
	}
	return l.Listener.Close()
}

func (l *netListener) Accept() (Incoming, error) {
	c, err := l.Listener.Accept()
	if err != nil {
		return nil, err
	}
	return &netConn{c.(streamConn), l.discarded}, nil
}

// Addr implements Listener; a Unix socket has none.
func (l *netListener) Addr() netip.AddrPort { return addrOf(l.Listener.Addr()) }

func (l *netListener) where() Address {
	if unix, ok := l.Listener.Addr().(*net.UnixAddr); ok {
		return Address{Path: unix.Name}
	}
	return Address{AddrPort: l.Addr()}
}

// addrOf is the address of a TCP socket, that of IPv4 as such; the zero value of others.
func addrOf(a net.Addr) netip.AddrPort {
	tcp, ok := a.(*net.TCPAddr)
	if !ok {
		return netip.AddrPort{}
	}
	at := tcp.AddrPort()
	return netip.AddrPortFrom(at.Addr().Unmap(), at.Port())
}
