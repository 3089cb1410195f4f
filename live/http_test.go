package live

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"reflect"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"accio/diagram"
	"accio/fsm"
	"accio/protocol"
)

func TestEndpoints(t *testing.T) {
	f := newFeed(&protocol.Server)
	f.session(5, protocol.Sent, protocol.Confirmed, protocol.Sent, protocol.Confirmed, fsm.Closed)
	f.session(0, protocol.Sent, fsm.Mismatched)
	f.accept()
	page := servePage(t, t.Context(), f.about())
	for path, want := range map[string]struct {
		status int
		kind   string
		text   string
	}{
		"/":                   {200, "text/html; charset=utf-8", "no data &lt;&amp;&gt;"},
		"/assets/server.svg":  {200, "image/svg+xml", "<svg "},
		"/assets/client.svg":  {200, "image/svg+xml", "<svg "},
		"/assets/diagram.css": {200, "text/css; charset=utf-8", ".diagram"},
		"/api/state":          {200, "application/json", `"instance":`},
		"/api/connections/1":  {200, "application/json", `"state":"Done","from":"Streaming","event":"closed"`},
		"/api/connections/2":  {200, "application/json", `"reason":"no data \u003c\u0026\u003e"`},
		"/api/connections/3":  {200, "application/json", `"state":"SendAccio1","bytes":0,"rate":0`},
		"/api/connections/4":  {404, "text/plain; charset=utf-8", "no such connection"},
		"/api/connections/x":  {404, "text/plain; charset=utf-8", "no such connection"},
		"/api/table/server":   {200, "application/json", diagram.JSON(&protocol.Server)},
		"/api/table/client":   {200, "application/json", diagram.JSON(&protocol.Client)},
		"/api/table/x":        {404, "text/plain; charset=utf-8", "no such table"},
		"/api/story":          {200, "application/json", "A client that waits for two commands"},
		"/metrics":            {200, "text/plain; version=0.0.4; charset=utf-8; escaping=underscores", "accio_connections_total"},
		"/healthz":            {200, "text/plain; charset=utf-8", "alive\n"},
		"/readyz":             {200, "text/plain; charset=utf-8", "listening\n"},
		"/assets/index.html":  {404, "text/plain; charset=utf-8", "404"},
		"/assets/http.go":     {404, "text/plain; charset=utf-8", "404"},
		"/assets/":            {404, "text/plain; charset=utf-8", "404"},
		"/assets/..%2fdoc.go": {404, "text/plain; charset=utf-8", "404"},
		"/api/":               {404, "text/plain; charset=utf-8", "404"},
		"/debug/vars":         {404, "text/plain; charset=utf-8", "404"},
		"/debug/pprof/":       {404, "text/plain; charset=utf-8", "404"},
	} {
		resp, body := get(t, page, path)
		if resp.StatusCode != want.status || resp.Header.Get("Content-Type") != want.kind || !strings.Contains(body, want.text) {
			t.Errorf("%s: %s, %s: %.300s", path, resp.Status, resp.Header.Get("Content-Type"), body)
		}
		if resp.Header.Get("Content-Security-Policy") == "" {
			t.Errorf("%s has no policy", path)
		}
		head, err := browser.Head(page.URL() + path)
		if err != nil {
			t.Fatal(err)
		}
		head.Body.Close()
		if head.StatusCode != want.status || head.Header.Get("Content-Type") != want.kind {
			t.Errorf("HEAD %s: %s, %s", path, head.Status, head.Header)
		}
	}
	head, err := browser.Head(page.URL() + "/events")
	if err != nil || head.Header.Get("Content-Type") != "text/event-stream" {
		t.Errorf("HEAD /events: %v, %v", head, err)
	}
}

// An asset is not sent again to a browser that has it.
func TestAssetsAreCached(t *testing.T) {
	page := servePage(t, t.Context(), newFeed(&protocol.Server).about())
	resp, _ := get(t, page, "/assets/diagram.css")
	r, _ := http.NewRequest("GET", page.URL()+"/assets/diagram.css", nil)
	r.Header.Set("If-None-Match", resp.Header.Get("ETag"))
	again, err := browser.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	again.Body.Close()
	if again.StatusCode != http.StatusNotModified || resp.Header.Get("Cache-Control") != "no-cache" {
		t.Errorf("%s after %s", again.Status, resp.Header)
	}
}

// The fields that docs/live.md promises, and nothing that is null.
func TestStateFields(t *testing.T) {
	f := newFeed(&protocol.Server)
	about := f.about()
	about.Queued = func() (int, bool) { return 3, true }
	page := servePage(t, t.Context(), about)
	var state, serving, recent map[string]any
	check := func(name string, got map[string]any, want ...string) {
		t.Helper()
		for field, value := range got {
			if !slices.Contains(want, field) || value == nil {
				t.Errorf("%s has %s: %v", name, field, value)
			}
		}
		if len(got) != len(want) {
			t.Errorf("%s: %v, want %v", name, got, want)
		}
	}
	top := []string{"instance", "now", "server", "queue", "connections", "bytes", "transitions", "sessions", "inService", "serving", "recent"}
	getJSON(t, page, "/api/state", &state)
	check("state", state, top...)
	check("server", state["server"].(map[string]any), "address", "version", "started", "idleLimit")
	if len(state["transitions"].([]any)) != len(protocol.Server.Transitions) || len(state["sessions"].(map[string]any)) != len(protocol.Server.States()) {
		t.Errorf("%v", state)
	}
	f.session(0, protocol.Sent, fsm.Mismatched)
	f.accept()
	f.fire(protocol.Sent)
	getJSON(t, page, "/api/connections/1", &recent)
	check("recent", recent, "connection", "remote", "state", "from", "event", "bytes", "reason", "hint", "started", "seconds", "path")
	getJSON(t, page, "/api/connections/2", &serving)
	check("serving", serving, "connection", "remote", "state", "bytes", "rate", "arrived", "expected", "missing", "left", "started", "path")
	check("step", serving["path"].([]any)[0].(map[string]any), "from", "event", "to", "since")
}

// Not before the server listens, nor when it is about to end.
func TestReady(t *testing.T) {
	about := newFeed(&small).about()
	about.Ready = func() bool { return false }
	page := servePage(t, t.Context(), about)
	if resp, body := get(t, page, "/readyz"); resp.StatusCode != http.StatusServiceUnavailable {
		t.Errorf("%s: %s", resp.Status, body)
	}
	if resp, _ := get(t, page, "/healthz"); resp.StatusCode != http.StatusOK {
		t.Error(resp.Status)
	}
}

// While nobody reads standard output nobody is served (docs/protocol.md §6.9).
func TestBlocked(t *testing.T) {
	var blocked atomic.Int64
	about := newFeed(&small).about()
	about.Blocked = func() time.Duration { return time.Duration(blocked.Load()) }
	page := servePage(t, t.Context(), about)
	for _, d := range []time.Duration{0, 1500 * time.Millisecond, 0} {
		blocked.Store(int64(d))
		status, text := http.StatusOK, "listening\n"
		if d > 0 {
			status, text = http.StatusServiceUnavailable, "standard output is blocked, nobody reads it\n"
		}
		if resp, body := get(t, page, "/readyz"); resp.StatusCode != status || body != text {
			t.Errorf("blocked for %s: %s: %s", d, resp.Status, body)
		}
		if _, body := get(t, page, "/metrics"); !strings.Contains(body, fmt.Sprintf("\naccio_output_blocked_seconds %v\n", d.Seconds())) {
			t.Errorf("blocked for %s: %s", d, body)
		}
	}
}

// Two runs of a server are told apart, and a stream begins with a snapshot that
// is what the API says.
func TestStream(t *testing.T) {
	f := newFeed(&small)
	f.session(1, good...)
	page, other := servePage(t, t.Context(), f.about()), servePage(t, t.Context(), f.about())
	l := listen(t, page)
	event, s := l.next()
	var state, elsewhere Snapshot
	getJSON(t, page, "/api/state", &state)
	getJSON(t, other, "/api/state", &elsewhere)
	if s.Instance == elsewhere.Instance || s.Instance == "" {
		t.Errorf("instances %q and %q", s.Instance, elsewhere.Instance)
	}
	if state.Now = s.Now; event != "snapshot" || !reflect.DeepEqual(s, state) {
		t.Errorf("%s %+v\nwant %+v", event, s, state)
	}
	f.session(2, bad...)
	if event, s := l.next(); event != "update" || len(s.Recent) != 1 || s.Recent[0].Connection != 2 || s.Bytes != 3 {
		t.Errorf("%s %+v", event, s)
	}
}

// The page is of the table that its observer has, whatever that is.
func TestPageOfAnotherProtocol(t *testing.T) {
	table := small.Clone()
	table.Terminal[0], table.Good[0], table.Transitions[2].To = "Told", "Told", "Told"
	about := newFeed(&table).about()
	about.Name, about.Metrics, about.Tables, about.Story = "Questions", "asks", nil, nil
	page := servePage(t, t.Context(), about)
	for path, want := range map[string]string{
		"/":                `<title>Questions `,
		"/assets/left.svg": `data-state="Ask"`,
		"/api/table/left":  diagram.JSON(&table),
		"/metrics":         "\nasks_connections_total{",
	} {
		if resp, body := get(t, page, path); resp.StatusCode != http.StatusOK || !strings.Contains(body, want) {
			t.Errorf("%s: %s: %.300s", path, resp.Status, body)
		}
	}
	if _, body := get(t, page, "/"); strings.Count(body, `data-state="Ask"`) != 2 || strings.Count(body, `href="api/table/`) != 1 || !strings.Contains(body, `href="api/table/left">table of the left</a>`) || !strings.Contains(body, `value="ok"> Told<`) || strings.Contains(body, "Accio") {
		t.Errorf("it shows %s", body)
	}
	for _, path := range []string{"/api/story", "/api/table/server", "/assets/server.svg"} {
		if resp, _ := get(t, page, path); resp.StatusCode != http.StatusNotFound {
			t.Errorf("%s: %s", path, resp.Status)
		}
	}
}

// The next one is told to come again.
func TestTooManyStreams(t *testing.T) {
	page := servePage(t, t.Context(), newFeed(&small).about())
	var all []*listening
	for range maxClients {
		l := listen(t, page)
		l.next()
		all = append(all, l)
	}
	resp, body := get(t, page, "/events")
	if resp.StatusCode != http.StatusServiceUnavailable || resp.Header.Get("Retry-After") == "" {
		t.Errorf("%s: %s", resp.Status, body)
	}
	if resp, _ := get(t, page, "/api/state"); resp.StatusCode != http.StatusOK || len(all) != 16 {
		t.Error(resp.Status, len(all))
	}
	if _, metrics := get(t, page, "/metrics"); !strings.Contains(metrics, "\naccio_http_refused_total{kind=\"stream\"} 1\n") {
		t.Error(metrics)
	}
}

// The end of the server is told to the streams and ends them, those of slow
// browsers too, and leaves nothing behind (goleak).
func TestEnd(t *testing.T) {
	var took time.Duration
	for range 10 { // a busy machine may need longer, and not each time
		if took = end(t); took < endPatience/2 {
			return
		}
	}
	t.Errorf("it took %s", took)
}

// end ends a server, and returns how long that took.
func end(t *testing.T) (took time.Duration) {
	t.Helper()
	f := newFeed(&small)
	ctx, stop := context.WithCancel(t.Context())
	page, err := Listen(ctx, loopback)
	if err != nil {
		t.Fatal(err)
	}
	served := make(chan error, 1)
	go func() { served <- page.Serve(ctx, f.about()) }()
	l := listen(t, page)
	l.next()
	idle, err := net.Dial("tcp", page.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer idle.Close()
	began := time.Now()
	f.session(5, good...)
	stop()
	if event, s := l.next(); event != "update" || s.Bytes != 5 || len(s.Recent) != 1 {
		t.Errorf("at the end: %s %+v", event, s)
	}
	if _, err := io.ReadAll(l); err != nil {
		t.Errorf("the stream: %v", err)
	}
	if err := <-served; err != nil {
		t.Error(err)
	}
	took = time.Since(began)
	browser.CloseIdleConnections()
	if _, err := net.Dial("tcp", page.Listener.Addr().String()); err == nil {
		t.Error("it still listens")
	}
	return took
}

// A listener that fails is an error, and the streams end all the same.
func TestListenerFails(t *testing.T) {
	page, err := Listen(t.Context(), loopback)
	if err != nil {
		t.Fatal(err)
	}
	served := make(chan error, 1)
	go func() { served <- page.Serve(t.Context(), newFeed(&small).about()) }()
	l := listen(t, page)
	l.next()
	page.Close()
	if err := <-served; err == nil {
		t.Error("no error")
	}
	browser.CloseIdleConnections()
	if again, err := Listen(t.Context(), netip.MustParseAddrPort("192.0.2.1:80")); err == nil {
		again.Close()
		t.Error("a foreign address")
	}
}

// Nothing of ours is on the mux that every package can reach.
func TestDefaultServeMux(t *testing.T) {
	for _, path := range []string{"/", "/metrics", "/events", "/api/state"} {
		r, _ := http.NewRequest("GET", path, nil)
		if _, pattern := http.DefaultServeMux.Handler(r); pattern != "" {
			t.Errorf("%s is %q", path, pattern)
		}
	}
}

// What the page shows without JavaScript.
func TestPageHasTheNumbers(t *testing.T) {
	f := newFeed(&protocol.Server)
	for range 4321 {
		f.session(2, protocol.Sent, fsm.Mismatched)
	}
	page := servePage(t, t.Context(), f.about())
	_, body := get(t, page, "/")
	for _, want := range []string{"<svg", "4321", "8642", "mismatched", peer.String(), "no data &lt;&amp;&gt;"} {
		if !strings.Contains(body, want) {
			t.Errorf("no %q", want)
		}
	}
	for _, bad := range []string{"<style", "style=", "onclick", "<script>", "http://", "https://"} {
		for line := range strings.Lines(body) {
			if strings.Contains(line, bad) && !strings.Contains(line, "http://www.w3.org/2000/svg") {
				t.Errorf("%q, which the policy forbids: %s", bad, line)
			}
		}
	}
}
