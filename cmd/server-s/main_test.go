package main

import (
	"net"
	"net/netip"
	"strings"
	"testing"

	"accio/internal/cli"
	"accio/internal/clitest"
	"accio/internal/errno"
	"accio/transport"
)

// A port that the server's own page has is not another program's.
func TestPortOfTheOwnPage(t *testing.T) {
	for range 10 { // another process may be faster
		port, err := clitest.FreePort()
		clitest.Check(t, err)
		at := netip.AddrPortFrom(netip.AddrFrom4([4]byte{127, 0, 0, 1}), uint16(port))
		err = serve(t.Context(), options{port: port, http: cli.Address{AddrPort: at}}, nobody())
		if err == nil {
			t.Fatal("both listen")
		}
		if strings.Contains(err.Error(), at.String()) {
			continue
		}
		if want := "the page of --http listens there, choose another port for one of them"; !strings.HasSuffix(err.Error(), want) {
			t.Errorf("%v, wanted %s", err, want)
		}
		return
	}
	t.Error("no free port")
}

// One that is another program's is, whatever port the page has.
func TestPortOfAnotherProgram(t *testing.T) {
	ln, err := transport.Listen(t.Context(), 0)
	clitest.Check(t, err)
	defer ln.Close()
	port := ln.Addr().Port()
	_, err = transport.Listen(t.Context(), int(port))
	if !errno.IsInUse(err) {
		t.Fatalf("%v, wanted a port in use", err)
	}
	for _, page := range []netip.AddrPort{
		{}, netip.AddrPortFrom(netip.IPv6Loopback(), port), netip.AddrPortFrom(netip.AddrFrom4([4]byte{127, 0, 0, 1}), port-1),
	} {
		err := cannotListenBeside(cli.Address{AddrPort: page}, int(port), &net.OpError{Op: "listen", Err: err})
		if want := "another program listens there, choose another port"; !strings.HasSuffix(err.Error(), want) {
			t.Errorf("page at %s: %v, wanted %s", page, err, want)
		}
	}
}
