package live

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"strings"
	"syscall"
	"testing"
	"testing/synctest"
	"time"
)

// visit opens a connection to the page, from an address of the loopback network,
// and sends that.
func visit(t *testing.T, page *Listener, from, text string) net.Conn {
	t.Helper()
	dialer := net.Dialer{LocalAddr: &net.TCPAddr{IP: net.ParseIP(from)}, Timeout: patience}
	c, err := dialer.Dial("tcp", page.Listener.Addr().String())
	if errors.Is(err, syscall.EADDRNOTAVAIL) { // not every system has all of 127/8
		t.Skipf("no address %s: %v", from, err)
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	c.SetDeadline(time.Now().Add(patience))
	io.WriteString(c, text)
	return c
}

func request(path string) string { return "GET " + path + " HTTP/1.1\r\nHost: localhost\r\n\r\n" }

// answered returns the beginning of the answer, empty if there is none.
func answered(c net.Conn) string {
	text := make([]byte, 12)
	n, _ := io.ReadFull(c, text)
	return string(text[:n])
}

const ok200 = "HTTP/1.1 200"

// However many connections wait, with nothing, half a request or one that was
// answered, whoever asks how the server is gets an answer.
func TestWaitingConnectionsBlackOutNothing(t *testing.T) {
	half, _, _ := strings.Cut(request("/"), "\r\n\r\n")
	for name, text := range map[string]string{"silent": "", "half a request": half, "idle": request("/healthz")} {
		t.Run(name, func(t *testing.T) {
			page := servePage(t, t.Context(), newFeed(&small).about())
			const many = 3 * maxConnections
			for range many {
				if c := visit(t, page, "127.0.0.1", text); text == request("/healthz") && answered(c) != ok200 {
					t.Fatal("refused")
				}
			}
			paths := []string{"/healthz", "/readyz", "/", "/api/state", "/metrics"}
			for _, path := range paths[:4] {
				if got := answered(visit(t, page, "127.0.0.1", request(path))); got != ok200 {
					t.Errorf("%s: %q", path, got)
				}
			}
			_, metrics := get(t, page, paths[4])
			want := fmt.Sprintf("\naccio_http_refused_total{kind=\"waiting\"} %d\n", many+len(paths)-maxOfAddress)
			if !strings.Contains(metrics, want) {
				t.Errorf("no %q in\n%s", want, metrics)
			}
		})
	}
}

// hall is an HTTP server whose connections are limited, with a page that keeps
// its visitors until they are let go.
type hall struct {
	*Listener
	t          *testing.T
	clients    *connections
	came, went chan struct{}
	letGo      func()
}

func newHall(t *testing.T) *hall {
	t.Helper()
	page, err := Listen(t.Context(), loopback)
	if err != nil {
		t.Fatal(err)
	}
	free, letGo := context.WithCancel(t.Context())
	h := &hall{page, t, newConnections(&refusals{log: slog.New(slog.DiscardHandler)}), make(chan struct{}), make(chan struct{}, 2*maxConnections), letGo}
	server := &http.Server{}
	server.Handler = h.clients.limit(server, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasPrefix(r.URL.Path, "/stay") {
			h.came <- struct{}{}
			<-free.Done()
		}
		io.WriteString(w, "hello\n")
	}), func(path string) bool { return path == "/stay/vital" || path == "/vital" })
	changed := server.ConnState
	server.ConnState = func(c net.Conn, s http.ConnState) {
		if changed(c, s); s == http.StateClosed {
			h.went <- struct{}{}
		}
	}
	served := make(chan struct{})
	go func() { defer close(served); server.Serve(page.Listener) }()
	t.Cleanup(func() { letGo(); server.Close(); <-served; h.clients.refused.end() })
	return h
}

func (h *hall) wait(what <-chan struct{}) {
	h.t.Helper()
	select {
	case <-what:
	case <-time.After(patience):
		h.t.Fatal("nobody came or went")
	}
}

// stay lets so many in, who stay until they are let go.
func (h *hall) stay(n int, from, path string) {
	h.t.Helper()
	for range n {
		visit(h.t, h.Listener, from, request(path))
		h.wait(h.came)
	}
}

// want asks for a path, and goes again.
func (h *hall) want(from, path, answer string) {
	h.t.Helper()
	c := visit(h.t, h.Listener, from, request(path))
	if got := answered(c); got != answer {
		h.t.Errorf("%s from %s: %q, want %q; refused: %v", path, from, got, answer, h.clients.refused.all())
	}
	c.Close()
	h.wait(h.went)
}

// One address has no more than its share of the room and of the reserve, and two
// no more than all; in the reserve nothing is answered but what that is for.
func TestShares(t *testing.T) {
	const too, closed = "HTTP/1.1 503", ""
	h := newHall(t)
	for i, from := range []string{"127.0.0.1", "127.0.0.2"} {
		other := []string{"127.0.0.2", "127.0.0.3"}[i]
		elsewhere := []string{ok200, too}[i]
		h.stay(maxOfAddress, from, "/stay")
		h.want(from, "/", too)
		h.want(from, "/vital", ok200)
		h.want(other, "/", elsewhere)
		h.want(other, "/vital", ok200)
		h.stay(maxReserveOfAddress, from, "/stay/vital")
		h.want(from, "/vital", closed)
	}
	h.want("127.0.0.3", "/vital", closed)
	if got, want := h.clients.refused.all(), [...]uint64{0, 3, 3, 0}; got != want {
		t.Errorf("refused: %v, want %v", got, want)
	}
}

// An address that goes beyond its share loses what it has had waiting longest,
// and no other address does.
func TestShareIsOnesOwn(t *testing.T) {
	h := newHall(t)
	other := visit(t, h.Listener, "127.0.0.2", "")
	first := visit(t, h.Listener, "127.0.0.1", "")
	for range maxOfAddress {
		visit(t, h.Listener, "127.0.0.1", "")
	}
	h.wait(h.went)
	if n, err := first.Read(make([]byte, 1)); n > 0 || err != io.EOF {
		t.Errorf("the first: %d, %v", n, err)
	}
	io.WriteString(other, request("/"))
	if got := answered(other); got != ok200 {
		t.Errorf("the other: %q", got)
	}
}

// Those who are silent in the reserve do not hold it.
func TestReserveIsNotHeld(t *testing.T) {
	h := newHall(t)
	h.stay(maxOfAddress, "127.0.0.1", "/stay")
	const many = 3 * maxReserve
	for range many {
		visit(t, h.Listener, "127.0.0.1", "")
	}
	h.want("127.0.0.1", "/vital", ok200)
	if got, want := h.clients.refused.all(), [...]uint64{many + 1 - maxReserveOfAddress, 0, 0, 0}; got != want {
		t.Errorf("refused: %v, want %v", got, want)
	}
}

// Whose share a peer is of.
func TestShareOf(t *testing.T) {
	for peer, want := range map[string]string{
		"192.0.2.1:5":                   "192.0.2.1",
		"[::ffff:192.0.2.1]:5":          "192.0.2.1",
		"[2001:db8:1:2:3:4:5:6]:5":      "2001:db8:1:2::",
		"[fe80::1234%eth0]:5":           "fe80::",
		"[2001:db8:1:2:ffff:ffff::9]:7": "2001:db8:1:2::",
	} {
		if got := shareOf(net.TCPAddrFromAddrPort(netip.MustParseAddrPort(peer))); got.String() != want {
			t.Errorf("%s: %s, want %s", peer, got, want)
		}
	}
}

// The first refusal is logged at once, and what comes in a minute in one line
// more, whatever the number.
func TestRefusalsAreLogged(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var log strings.Builder
		r := &refusals{log: slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{ReplaceAttr: func(_ []string, a slog.Attr) slog.Attr {
			if a.Key == slog.TimeKey {
				return slog.Attr{}
			}
			return a
		}}))}
		want := func(lines string) {
			t.Helper()
			synctest.Wait()
			r.mu.Lock()
			defer r.mu.Unlock()
			if got := log.String(); got != lines {
				t.Errorf("logged %q, want %q", got, lines)
			}
			log.Reset()
		}
		line := func(n int, kind string) string {
			return fmt.Sprintf("level=WARN msg=\"the page has more visitors than room\" refused=%d kind=%s remote=192.0.2.1:5\n", n, kind)
		}
		r.one(refusedConnection, "192.0.2.1:5")
		want(line(1, "connection"))
		for range 1000 {
			r.one(refusedWaiting, "192.0.2.2:5")
		}
		r.one(refusedStream, "192.0.2.1:5")
		time.Sleep(refusalsEvery - 1)
		want("")
		time.Sleep(time.Nanosecond)
		want(line(1001, "stream"))
		time.Sleep(time.Hour)
		want("")
		r.one(refusedRequest, "192.0.2.1:5")
		want(line(1, "request"))
		r.one(refusedRequest, "192.0.2.1:5")
		r.end()
		want(line(1, "request"))
		time.Sleep(time.Hour)
		want("")
		if got, want := r.all(), [...]uint64{1000, 1, 2, 1}; got != want {
			t.Errorf("%v, want %v", got, want)
		}
	})
}
