package live

import (
	"context"
	"net"
	"net/http"
	"net/netip"
	"strconv"
	"testing"
)

// An address of one family opens no port of the other, and the page is at the
// address that was asked for.
func TestListensOnWhatWasAsked(t *testing.T) {
	for _, test := range []struct{ asked, url, other string }{
		{"0.0.0.0", "http://0.0.0.0:", "::1"},
		{"127.0.0.1", "http://127.0.0.1:", "::1"},
		{"::ffff:127.0.0.1", "http://127.0.0.1:", "::1"},
		{"::", "http://[::]:", "127.0.0.1"},
		{"::1", "http://[::1]:", "127.0.0.1"},
	} {
		page, err := Listen(t.Context(), netip.AddrPortFrom(netip.MustParseAddr(test.asked), 0))
		if err != nil {
			if netip.MustParseAddr(test.asked).Is4() {
				t.Fatal(err)
			}
			t.Logf("%s: %v", test.asked, err) // a machine without IPv6
			continue
		}
		port := strconv.Itoa(int(page.Address().Port()))
		if got := page.URL(); got != test.url+port {
			t.Errorf("asked for %s: %s", test.asked, got)
		}
		if c, err := net.Dial("tcp", net.JoinHostPort(test.other, port)); err == nil {
			c.Close()
			t.Errorf("asked for %s: %s answers too", test.asked, test.other)
		}
		page.Close()
	}
}

// The address that the log prints can be opened.
func TestPageOfAllAddresses(t *testing.T) {
	ctx, stop := context.WithCancel(t.Context())
	page, err := Listen(ctx, netip.MustParseAddrPort("0.0.0.0:0"))
	if err != nil {
		t.Fatal(err)
	}
	served := make(chan error, 1)
	go func() { served <- page.Serve(ctx, newFeed(&small).about()) }()
	if resp, body := get(t, page, "/"); resp.StatusCode != http.StatusOK {
		t.Errorf("%s: %s: %s", page.URL(), resp.Status, body)
	}
	browser.CloseIdleConnections()
	stop()
	if err := <-served; err != nil {
		t.Error(err)
	}
}
