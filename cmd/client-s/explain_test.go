package main

import (
	"context"
	"errors"
	"net"
	"testing"
	"time"

	"accio/internal/cli"
)

// Why there was no session, in words. The errors are those of
// net.Dialer.
func TestExplain(t *testing.T) {
	o := options{host: "host", port: 5000, timeout: cli.Limit(300 * time.Millisecond)}
	dial := func(ctx context.Context, address string) error {
		c, err := new(net.Dialer).DialContext(ctx, "tcp", address)
		if err == nil {
			c.Close()
		}
		return err
	}
	ln, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer ln.Close()
	cancelled, cancel := context.WithCancel(t.Context())
	cancel()
	late, cancel := context.WithTimeout(t.Context(), 0)
	defer cancel()
	for _, test := range []struct {
		err  error
		want string
	}{
		{dial(cancelled, ln.Addr().String()), "told to stop before host:5000 answered"},
		{dial(late, ln.Addr().String()), "cannot connect to host:5000: no answer for 300ms"},
		{dial(t.Context(), "no..such..host:1"), `unknown host "host": no such host`},
		{&net.OpError{Op: "dial", Net: "tcp", Err: &net.DNSError{Err: "server misbehaving", IsTemporary: true}},
			`cannot look up host "host": server misbehaving`},
		{&net.OpError{Op: "dial", Net: "tcp", Err: errors.New("no route to host")}, "cannot connect to host:5000: no route to host"},
		{errors.New("anything"), "cannot connect to host:5000: anything"},
	} {
		if got := explain(o, test.err).Error(); got != test.want {
			t.Errorf("%v: %s, wanted %s", test.err, got, test.want)
		}
	}
}
