package transport

import (
	"context"
	"errors"
	"net/netip"
)

// fastListeners are some as one.
type fastListeners struct{ all []*fastListener }

func joinFast(all []Listener) Listener {
	l := &fastListeners{}
	for _, ln := range all {
		fast, ok := ln.(*fastListener)
		if !ok {
			return join(all)
		}
		l.all = append(l.all, fast)
	}
	if len(l.all) == 1 {
		return l.all[0]
	}
	return l
}

func (l *fastListeners) list() (all []Listener) {
	for _, ln := range l.all {
		all = append(all, ln)
	}
	return all
}

// Accept is not for these: see serveMany.
func (*fastListeners) Accept() (Incoming, error) { return nil, errors.ErrUnsupported }

// Close implements Listener.
func (l *fastListeners) Close() error {
	var errs []error
	for _, ln := range l.all {
		errs = append(errs, ln.Close())
	}
	return errors.Join(errs...)
}

// Addr implements Listener: it is that of the first that has one.
func (l *fastListeners) Addr() netip.AddrPort { return firstAddr(l.list()) }

// Queued implements Queue.
func (l *fastListeners) Queued() (int, bool) { return queuedOf(l.list()) }

func (l *fastListeners) needed() bool { return true }

func (l *fastListeners) serveMany(ctx context.Context, s *Server) error {
	return serveCrowd(ctx, s, l, l.all)
}

// needed implements manyListener: nobody may wait in the Accept of a shared one.
func (l *fastListener) needed() bool { return l.shared }

// serveMany implements manyListener.
func (l *fastListener) serveMany(ctx context.Context, s *Server) error {
	return serveCrowd(ctx, s, l, []*fastListener{l})
}
