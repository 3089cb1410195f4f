package main

import (
	"context"
	"log/slog"
	"net/netip"

	"accio/fsm"
	"accio/internal/cli"
	"accio/live"
	"accio/transport"
)

func openPage(ctx context.Context, address netip.AddrPort) (*live.Listener, error) {
	page, err := live.Listen(ctx, address)
	if err != nil {
		return nil, cannotListen(address.String(), err)
	}
	return page, nil
}

// show serves the page until the returned function is called, which waits for
// its end. The page is told of a result before anyone else is: who has seen the
// line, or the close, finds it there.
func show(ctx context.Context, page *live.Listener, server *transport.Server, ln transport.Listener, log *slog.Logger) (stop func()) {
	observer := live.NewObserver(&fsm.Server)
	server.Accepted = observer.Accepted
	observe, result := server.Observe, server.Result
	server.Observe = observer.Observe
	if observe != nil {
		server.Observe = func(tr transport.Transition) {
			observer.Observe(tr)
			observe(tr)
		}
	}
	server.Result = func(r transport.Result) error {
		observer.Ended(r)
		return result(r)
	}
	about := live.About{
		Observer: observer, Progress: server.Progress, Ready: func() bool { return ctx.Err() == nil },
		Address: ln.Addr(), IdleLimit: server.IdleTimeout, Version: cli.Release(), Log: log,
	}
	if queue, ok := ln.(transport.Queue); ok {
		about.Queued = queue.Queued
	}
	log.Info("page", "address", page.URL())
	if !page.Address().Addr().IsLoopback() {
		log.Warn("the page can be seen from other machines, and it asks for no password")
	}

	// The page outlives ctx: it shows the end too.
	open, end := context.WithCancel(context.WithoutCancel(ctx))
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		if err := page.Serve(open, about); err != nil {
			log.Warn("the page has failed; the server goes on without it", "error", err)
		}
	}()
	return func() { end(); <-ended }
}
