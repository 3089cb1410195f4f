package transport

import (
	"context"
	"errors"
	"net"
	"net/netip"
	"os"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"accio/protocol"

	"golang.org/x/sys/unix"
)

func init() {
	ways["fast"] = way{listenFast, inheritFast, joinFast}
	paths["fast"] = everywhere(listenFast)
}

// listenBy opens a fast listener on IPv4 0.0.0.0.
func listenBy(sys syscalls, port int) (Listener, error) {
	return listenFastAt(sys, Address{AddrPort: netip.AddrPortFrom(netip.IPv4Unspecified(), uint16(port))})
}

// §6.1: IPv4 on every interface, as the kernel's own table has it.
func TestListenerIsOnEveryInterface(t *testing.T) {
	everywhere := func(t *testing.T, listen func(context.Context, int) (Listener, error)) {
		ln, err := listen(context.Background(), 0)
		if err != nil {
			t.Fatal(err)
		}
		defer ln.Close()
		table, err := os.ReadFile("/proc/net/tcp")
		if errors.Is(err, os.ErrNotExist) {
			t.Skip(err)
		}
		if err != nil {
			t.Fatal(err)
		}
		port := strings.ToUpper(strconv.FormatUint(uint64(ln.Addr().Port())|1<<16, 16)[1:])
		if !strings.Contains(string(table), " 00000000:"+port+" 00000000:0000 0A ") {
			t.Errorf("no listener on 0.0.0.0:%s in\n%s", port, table)
		}
		for _, host := range []string{"127.0.0.1", "127.0.0.2"} {
			c, err := net.Dial("tcp4", net.JoinHostPort(host, strconv.Itoa(int(ln.Addr().Port()))))
			if err != nil {
				t.Error(err)
				continue
			}
			c.Close()
		}
	}
	eachPath(t, func(t *testing.T, path string) { everywhere(t, paths[path]) })
	t.Run("Listen", func(t *testing.T) { everywhere(t, Listen) })
}

// §6.1: plain TCP, not Multipath TCP, where the kernel would have that; a
// session's port can be listened on again at once.
func TestListenersHaveTheirOptions(t *testing.T) {
	eachPath(t, func(t *testing.T, path string) {
		ln, err := paths[path](context.Background(), 0)
		if err != nil {
			t.Fatal(err)
		}
		defer ln.Close()
		for _, want := range []struct{ level, option, value int }{
			{unix.SOL_SOCKET, unix.SO_PROTOCOL, unix.IPPROTO_TCP},
			{unix.SOL_SOCKET, unix.SO_REUSEADDR, 1},
		} {
			if got := option(t, ln, want.level, want.option); got != want.value {
				t.Errorf("option %d of level %d is %d, want %d", want.option, want.level, got, want.value)
			}
		}
	})
	if config := portableConfig(); config.MultipathTCP() {
		t.Error("package net is to use Multipath TCP where the kernel has it")
	}
}

// §6.1: plain TCP, not Multipath TCP; §1.11 and no delay, inherited.
func TestAcceptedSocketsHaveTheirOptions(t *testing.T) {
	eachPath(t, func(t *testing.T, path string) {
		ln, err := paths[path](context.Background(), 0)
		if err != nil {
			t.Fatal(err)
		}
		defer ln.Close()
		r := &running{t: t, ln: ln}
		r.dial()
		c, err := ln.Accept()
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
		for _, want := range []struct{ level, option, value int }{
			{unix.SOL_SOCKET, unix.SO_PROTOCOL, unix.IPPROTO_TCP},
			{unix.SOL_SOCKET, unix.SO_OOBINLINE, 1},
			{unix.SOL_SOCKET, unix.SO_KEEPALIVE, 0},
			{unix.IPPROTO_TCP, unix.TCP_NODELAY, 1},
		} {
			if got := option(t, c, want.level, want.option); got != want.value {
				t.Errorf("option %d of level %d is %d, want %d", want.option, want.level, got, want.value)
			}
		}
	})
}

func option(t *testing.T, of any, level, name int) (value int) {
	t.Helper()
	var err error
	if l, ok := of.(*netListener); ok {
		of = l.Listener
	}
	switch of := of.(type) {
	case *fastConn:
		value, err = unix.GetsockoptInt(of.fd, level, name)
	case *fastListener:
		value, err = unix.GetsockoptInt(of.fd, level, name)
	case syscall.Conn:
		raw, errRaw := of.SyscallConn()
		if errRaw != nil {
			t.Fatal(errRaw)
		}
		raw.Control(func(fd uintptr) { value, err = unix.GetsockoptInt(int(fd), level, name) })
	}
	if err != nil {
		t.Fatal(err)
	}
	return value
}

// §6.3: what the system says is in the error.
func TestListenOnAPortInUse(t *testing.T) {
	eachPath(t, func(t *testing.T, path string) {
		ln, err := paths[path](context.Background(), 0)
		if err != nil {
			t.Fatal(err)
		}
		defer ln.Close()
		again, err := paths[path](context.Background(), int(ln.Addr().Port()))
		if err == nil {
			again.Close()
		}
		if e, ok := err.(*net.OpError); !ok || e.Unwrap() == nil || !strings.Contains(err.Error(), syscall.EADDRINUSE.Error()) {
			t.Errorf("got %v", err)
		}
	})
}

// The client asks for no probes either: its limit makes them superfluous.
func TestClientSocketHasItsOptions(t *testing.T) {
	r, probes := start(t, "portable", &Server{Table: &protocol.Server}), -1
	c := Client{Table: &protocol.Client}
	c.Observe = func(Transition) { probes = option(t, c.current.Load().conn, unix.SOL_SOCKET, unix.SO_KEEPALIVE) }
	if _, err := c.Send(context.Background(), r.address(), strings.NewReader("")); err != nil || probes != 0 {
		t.Errorf("%v, keep-alive %d", err, probes)
	}
}
