package transport

import (
	"context"
	"errors"
)

// fastListeners are some as one.
type fastListeners struct {
	several
	all []*fastListener // the same
}

func joinFast(all []Listener) Listener {
	l := &fastListeners{several: all}
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

// Accept is not for these: see serveMany.
func (*fastListeners) Accept() (Incoming, error) { return nil, errors.ErrUnsupported }

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
