package transport

import (
	"errors"
	"net/netip"
	"testing"
)

// plain is a listener that has an address, cannot tell of a queue, and closes with an error.
type plain struct {
	Listener
	at  netip.AddrPort
	err error
}

func (l plain) Addr() netip.AddrPort { return l.at }
func (l plain) Close() error         { return l.err }

// telling is one that can tell of its queue.
type telling struct {
	plain
	n     int
	known bool
}

func (l telling) Queued() (int, bool) { return l.n, l.known }

// Of several listeners all are closed, the first address is theirs, and those who wait are
// the sum of what each tells.
func TestSeveral(t *testing.T) {
	at, errOne, errTwo := netip.MustParseAddrPort("192.0.2.1:7"), errors.New("one"), errors.New("two")
	for _, c := range []struct {
		all    several
		queued int
		known  bool
		at     netip.AddrPort
		errs   []error
	}{
		{several{}, 0, false, netip.AddrPort{}, nil},
		{several{plain{}, plain{at: at, err: errOne}}, 0, false, at, []error{errOne}},
		{several{telling{n: 1}, telling{}}, 1, false, netip.AddrPort{}, nil},
		{several{telling{n: 3}, telling{plain: plain{at: at}, n: 5, known: true}, plain{}}, 8, true, at, nil},
		{several{telling{plain: plain{err: errOne}, n: 3, known: true}, telling{plain: plain{err: errTwo}, n: 4, known: true}}, 7, true, netip.AddrPort{}, []error{errOne, errTwo}},
	} {
		if n, known := c.all.Queued(); n != c.queued || known != c.known {
			t.Errorf("%d wait, %t; want %d, %t", n, known, c.queued, c.known)
		}
		if c.all.Addr() != c.at {
			t.Errorf("at %s, want %s", c.all.Addr(), c.at)
		}
		err := c.all.Close()
		if (err == nil) != (c.errs == nil) {
			t.Errorf("closed with %v", err)
		}
		for _, want := range c.errs {
			if !errors.Is(err, want) {
				t.Errorf("closed with %v, want %v", err, want)
			}
		}
	}
}
