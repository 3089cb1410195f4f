package main

import (
	"context"
	"log/slog"
	"time"

	"accio/fsm"
	"accio/internal/cli"
	"accio/live"
	"accio/protocol"
	"accio/transport"
)

// page is where --http shows what the server does. Without a listener it is
// none, and costs nothing.
type page struct {
	ln    *live.Listener
	hosts []string
	name  string // of the server among others; may be empty
}

func openPage(ctx context.Context, address cli.Address, hosts []string, name string) (page, error) {
	if !address.IsValid() {
		return page{}, nil
	}
	ln, err := live.Listen(ctx, address.AddrPort)
	if err != nil {
		return page{}, cannotListen(address.String(), err)
	}
	return page{ln, hosts, name}, nil
}

// Close closes a page that is not shown.
func (p page) Close() {
	if p.ln != nil {
		p.ln.Close()
	}
}

// show serves the page until the returned function is called, which waits for
// its end. Blocked says for how long standard output has been. The page is told
// of a result before anyone else is: who has seen the line, or the close, finds
// it there.
func (p page) show(ctx context.Context, server *transport.Server, ln transport.Listener, blocked func() time.Duration, log *slog.Logger) (stop func()) {
	if p.ln == nil {
		return func() {}
	}
	about := live.Watch(server, ln)
	about.Name, about.Metrics, about.Version, about.Log = "Accio", "accio", cli.Release(), log
	if about.Instance = p.name; p.name != "" {
		about.Name += " " + p.name
	}
	about.Tables, about.Story = []*fsm.Table{&protocol.Client}, protocol.Story
	about.Ready, about.Blocked, about.Hosts = func() bool { return ctx.Err() == nil && !server.Closed() }, blocked, p.hosts
	log.Info("page", "address", p.ln.URL())
	if !p.ln.Address().Addr().IsLoopback() {
		log.Warn("the page can be seen from other machines, and it asks for no password")
	}

	// The page outlives ctx: it shows the end too.
	open, end := context.WithCancel(context.WithoutCancel(ctx))
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		if err := p.ln.Serve(open, about); err != nil {
			log.Warn("the page has failed; the server goes on without it", "error", err)
		}
	}()
	return func() { end(); <-ended }
}
