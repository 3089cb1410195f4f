package transport

import (
	"errors"
	"net/netip"
)

// several is what listeners are together, but for their Accept.
type several []Listener

// Close implements Listener.
func (l several) Close() error {
	var errs []error
	for _, ln := range l {
		errs = append(errs, ln.Close())
	}
	return errors.Join(errs...)
}

// Addr implements Listener: it is that of the first that has one.
func (l several) Addr() netip.AddrPort {
	for _, ln := range l {
		if a := ln.Addr(); a.IsValid() {
			return a
		}
	}
	return netip.AddrPort{}
}

// Queued implements Queue: it is the sum of what each tells.
func (l several) Queued() (sum int, ok bool) {
	for _, ln := range l {
		if queue, is := ln.(Queue); is {
			n, known := queue.Queued()
			sum, ok = sum+n, ok || known
		}
	}
	return sum, ok
}
