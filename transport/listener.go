package transport

import (
	"context"
	"errors"
	"net"
	"net/netip"
	"os"
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
	// yet; ok is false where the system does not tell, and after Close. It may
	// be called from any goroutine.
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

// Listen opens a plain TCP listener on IPv4 0.0.0.0 (docs/protocol.md §6.1);
// port 0 lets the system choose one. The error is a *net.OpError or wraps a
// system call's error.
//
// On Linux its connections are served by system calls of our own, unless the
// program was built with the tag portable; elsewhere by package net.
func Listen(ctx context.Context, port int) (Listener, error) { return listen(ctx, port) }

// portableConfig has Multipath TCP, Go's default, off: it makes transfers
// slower. So are keep-alive probes: the idle limit makes them superfluous.
func portableConfig() *net.ListenConfig {
	config := &net.ListenConfig{KeepAlive: -1, Control: inlineUrgent}
	config.SetMultipathTCP(false)
	return config
}

func listenPortable(ctx context.Context, port int) (Listener, error) {
	address := netip.AddrPortFrom(netip.IPv4Unspecified(), uint16(port))
	ln, err := portableConfig().Listen(ctx, "tcp4", address.String())
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
	return &netListener{ln, make([]byte, discardBuffer)}, nil
}

type netListener struct {
	net.Listener
	discarded []byte // lent to one connection after another
}

func (l *netListener) Accept() (Incoming, error) {
	c, err := l.Listener.Accept()
	if err != nil {
		return nil, err
	}
	return &netConn{c.(*net.TCPConn), l.discarded}, nil
}

func (l *netListener) Addr() netip.AddrPort { return l.Listener.Addr().(*net.TCPAddr).AddrPort() }
