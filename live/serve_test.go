package live

import (
	"bufio"
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/netip"
	"strings"
	"testing"
	"time"

	"accio/fsm"
	"accio/protocol"
	"accio/transport"
)

// patience bounds every wait on a real socket.
const patience = 30 * time.Second

var loopback = netip.MustParseAddrPort("127.0.0.1:0")

var browser = &http.Client{Timeout: patience}

// serve attaches a page on a loopback port to a server that is not yet serving.
func serve(t testing.TB, ctx context.Context, server *transport.Server, ln transport.Listener) *Listener {
	t.Helper()
	about := Watch(server, ln)
	about.Name, about.Metrics, about.Tables, about.Story, about.Version = "Accio", "accio", []*fsm.Table{&protocol.Client}, protocol.Story, "v1"
	return servePage(t, ctx, about)
}

// servePage serves a page on a loopback port until ctx is done.
func servePage(t testing.TB, ctx context.Context, about About) *Listener {
	t.Helper()
	page, err := Listen(ctx, loopback)
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(ctx)
	served := make(chan error, 1)
	go func() { served <- page.Serve(ctx, about) }()
	t.Cleanup(func() {
		browser.CloseIdleConnections()
		stop()
		select {
		case err := <-served:
			if err != nil {
				t.Errorf("Serve: %v", err)
			}
		case <-time.After(patience):
			t.Error("Serve did not return")
		}
	})
	return page
}

func (f *feed) about() About {
	a := f.reporter().About
	a.Log = slog.New(slog.DiscardHandler)
	return a
}

// get returns the response to a request for a path of the page.
func get(t *testing.T, page *Listener, path string) (*http.Response, string) {
	t.Helper()
	resp, err := browser.Get(page.URL() + path)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp, string(body)
}

func getJSON(t *testing.T, page *Listener, path string, v any) {
	t.Helper()
	resp, body := get(t, page, path)
	if resp.StatusCode != http.StatusOK || resp.Header.Get("Content-Type") != "application/json" {
		t.Fatalf("%s: %s, %s", path, resp.Status, body)
	}
	decoder := json.NewDecoder(strings.NewReader(body))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(v); err != nil {
		t.Fatalf("%s: %v: %s", path, err, body)
	}
}

// listening reads a stream of events.
type listening struct {
	*bufio.Reader
	t *testing.T
}

// listen opens the stream of a page.
func listen(t *testing.T, page *Listener) *listening {
	t.Helper()
	resp, err := browser.Get(page.URL() + "/events")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { resp.Body.Close() })
	if resp.StatusCode != http.StatusOK || resp.Header.Get("Content-Type") != "text/event-stream" {
		t.Fatalf("%s, %s", resp.Status, resp.Header)
	}
	return &listening{bufio.NewReader(resp.Body), t}
}

// next returns the next event. Comments and other fields are passed over.
func (l *listening) next() (event string, s Snapshot) {
	l.t.Helper()
	for {
		line, err := l.ReadString('\n')
		if err != nil {
			l.t.Fatal(err)
		}
		if name, ok := strings.CutPrefix(line, "event: "); ok {
			event = strings.TrimSpace(name)
		}
		if data, ok := strings.CutPrefix(line, "data: "); ok {
			if err := json.Unmarshal([]byte(data), &s); err != nil {
				l.t.Fatalf("%v: %s", err, data)
			}
			return event, s
		}
	}
}
