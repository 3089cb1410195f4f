package live

import (
	"context"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"time"
)

const (
	maxConnections      = 64 // at the same time, idle ones included
	maxOfAddress        = 32 // of them, from one address
	maxReserve          = 8  // more, which ask how the server is
	maxReserveOfAddress = 4
	endPatience         = time.Second
)

// Listener is where the page is.
type Listener struct {
	net.Listener
	address netip.AddrPort
}

// Listen opens the page's address, and none of the other family: "tcp" alone
// would take 0.0.0.0 for every IPv6 address too. Port 0 lets the system choose
// one.
func Listen(ctx context.Context, address netip.AddrPort) (*Listener, error) {
	network, ip := "tcp6", address.Addr().Unmap()
	if ip.Is4() {
		network = "tcp4"
	}
	ln, err := new(net.ListenConfig).Listen(ctx, network, netip.AddrPortFrom(ip, address.Port()).String())
	if err != nil {
		return nil, err
	}
	port := ln.Addr().(*net.TCPAddr).AddrPort().Port()
	return &Listener{ln, netip.AddrPortFrom(ip, port)}, nil
}

// Address returns the address that it listens on.
func (l *Listener) Address() netip.AddrPort { return l.address }

// URL returns the address of the page.
func (l *Listener) URL() string { return "http://" + l.address.String() }

// Serve serves the page until ctx is done, and then returns nil: streams are
// ended, the listener is closed, and no goroutine is left.
func (l *Listener) Serve(ctx context.Context, about About) error {
	h := newHub(newReporter(about))
	clients := newConnections(h.refused)
	server := &http.Server{
		ReadHeaderTimeout: 5 * time.Second,
		ReadTimeout:       10 * time.Second,
		WriteTimeout:      10 * time.Second,
		IdleTimeout:       time.Minute,
		MaxHeaderBytes:    16 << 10,
		ErrorLog:          slog.NewLogLogger(about.Log.Handler(), slog.LevelWarn),
	}
	server.Handler = guard(l.address.Addr(), about.Hosts, clients.limit(server, h.routes(), vital))
	served := make(chan error, 1)
	go func() { served <- server.Serve(l.Listener) }()
	var err error
	select {
	case err = <-served:
	case <-ctx.Done():
	}
	h.close()
	clients.closeFresh()
	patience, cancel := context.WithTimeout(context.WithoutCancel(ctx), endPatience)
	defer cancel()
	if server.Shutdown(patience) != nil {
		server.Close()
	}
	h.running.Wait()
	if err == nil {
		<-served
	}
	h.refused.end()
	if errors.Is(err, http.ErrServerClosed) {
		return nil
	}
	return err
}

func (h *hub) routes() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{$}", h.page)
	mux.HandleFunc("GET /assets/{name}", h.serveAssets())
	mux.HandleFunc("GET /events", h.events)
	mux.HandleFunc("GET /api/state", h.state)
	mux.HandleFunc("GET /api/connections/{number}", h.one)
	mux.HandleFunc("GET /api/table/{role}", h.tables)
	mux.HandleFunc("GET /api/story", h.story)
	mux.Handle("GET /metrics", h.metrics())
	mux.HandleFunc("GET /healthz", healthy)
	mux.HandleFunc("GET /readyz", h.ready)
	return mux
}

// vital reports whether a path says how the server is.
func vital(path string) bool { return path == "/healthz" || path == "/readyz" || path == "/metrics" }
