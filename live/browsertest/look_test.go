package browsertest

import (
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
)

var (
	schemes = []string{"light", "dark"}
	widths  = []int64{390, 768, 1440, 2560}
	views   = []string{"watch", "explore"}
)

// lively returns a server with something to see: sessions of all sorts, and one
// that goes on.
func lively(t *testing.T, idle time.Duration) *server {
	t.Helper()
	s := serve(t, idle)
	for i := range 12 {
		if err := s.session(1 << (2 * i)); err != nil {
			t.Fatal(err)
		}
	}
	for _, text := range []string{"hello\r\n", "confirm-accio\n", confirm1 + "confirm-accio-again\r\nx"} {
		c := s.connect()
		c.send(text)
		c.CloseWrite()
	}
	if err := s.process.Stdout.Wait(`(ERROR\n){3}`); err != nil {
		t.Fatal(err)
	}
	c := s.connect()
	c.send(confirm1 + confirm2 + strings.Repeat("x", 54321))
	s.connect() // waits in the queue
	return s
}

// axe-core finds no violation, in any view, state and colour scheme.
func TestAxe(t *testing.T) {
	path := os.Getenv("ACCIO_AXE")
	if path == "" {
		missing(t, "ACCIO_AXE does not name axe.min.js")
	}
	axe, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	s := lively(t, time.Hour)
	for _, colours := range schemes {
		for _, view := range views {
			for _, width := range widths {
				t.Run(fmt.Sprintf("%s %s %d", view, colours, width), func(t *testing.T) {
					b := open(t, s.url()+"#"+view, scheme(colours), chromedp.EmulateViewport(width, 1200)).ready()
					b.shows("n-error", 3)
					b.do(chromedp.Evaluate(`document.querySelectorAll("details").forEach((d) => d.open = true)`, nil))
					checkAxe(b, string(axe))
				})
			}
		}
	}
}

func checkAxe(b *tab, axe string) {
	b.t.Helper()
	var found string
	b.do(chromedp.Evaluate(axe+"; 0", nil),
		chromedp.Evaluate(`axe.run().then((r) => JSON.stringify({ passes: r.passes.length, violations: r.violations }))`, &found, awaited))
	var r struct {
		Passes     int
		Violations []struct {
			ID, Help string
			Nodes    []struct{ HTML, FailureSummary string }
		}
	}
	if err := json.Unmarshal([]byte(found), &r); err != nil {
		b.t.Fatal(err)
	}
	if r.Passes < 30 {
		b.t.Errorf("axe found %d of its rules kept", r.Passes)
	}
	for _, v := range r.Violations {
		b.t.Errorf("%s: %s", v.ID, v.Help)
		for _, n := range v.Nodes {
			b.t.Logf("%s\n%s", n.HTML, n.FailureSummary)
		}
	}
}

// Nothing is wider than the window, and every text of the diagram has room.
func TestFits(t *testing.T) {
	s := lively(t, time.Hour)
	for _, view := range views {
		for _, width := range widths {
			t.Run(fmt.Sprintf("%s %d", view, width), func(t *testing.T) {
				b := open(t, s.url()+"#"+view, chromedp.EmulateViewport(width, 1200)).ready()
				b.shows("n-error", 3)
				b.wait(`document.documentElement.scrollWidth <= innerWidth`)
				var clipped []string
				const parts = `[...document.querySelectorAll("section:not([hidden]) .diagram :is(.state, .event)")]`
				b.wait(parts + ".length === 7 + 29")
				b.do(chromedp.Evaluate(parts+`.filter((g) => {
					const box = g.querySelector("rect").getBBox();
					return [...g.querySelectorAll(":scope > text")].map((e) => e.getBBox()).some((b) => b.width > 0 &&
						(b.x < box.x || b.x + b.width > box.x + box.width || b.y < box.y - 1 || b.y + b.height > box.y + box.height + 1));
				}).map((g) => g.id)`, &clipped))
				if len(clipped) > 0 {
					t.Errorf("text leaves its box: %v", clipped)
				}
			})
		}
	}
}

// The pictures in the documents are complete without anything beside them.
func TestPictures(t *testing.T) {
	for _, name := range []string{"state-diagram.svg", "state-diagram-client.svg"} {
		file, err := filepath.Abs(filepath.Join(root, "docs", name))
		if err != nil {
			t.Fatal(err)
		}
		b := open(t, "file://"+file)
		b.wait(`getComputedStyle(document.querySelector(".edge.bad path")).strokeDasharray !== "none"`)
		shot(b, name+".png")
	}
}

// Screenshots for people to look at.
func TestShots(t *testing.T) {
	if os.Getenv("ACCIO_SHOTS") == "" {
		t.Skip("ACCIO_SHOTS names no directory")
	}
	s := lively(t, time.Hour)
	for _, colours := range schemes {
		for _, view := range views {
			for _, width := range widths {
				name := fmt.Sprintf("%s-%s-%d.png", view, colours, width)
				t.Run(name, func(t *testing.T) { // whose tab is closed: a browser has six streams a server
					b := open(t, s.url()+"#"+view, scheme(colours), chromedp.EmulateViewport(width, 900)).ready()
					b.shows("n-error", 3)
					if view == "watch" {
						b.do(chromedp.Click(`#connections tr.bad button`))
					} else {
						b.do(chromedp.Click(`#events button[data-event="sent"]`))
					}
					shot(b, name)
				})
			}
		}
	}
}

// shot writes a screenshot of the whole page, if there is a place for it.
func shot(b *tab, name string) {
	b.t.Helper()
	if dir := os.Getenv("ACCIO_SHOTS"); dir != "" {
		write(b, filepath.Join(dir, name))
	}
}

func write(b *tab, file string) {
	b.t.Helper()
	var data []byte
	b.do(chromedp.FullScreenshot(&data, 100))
	if err := os.WriteFile(file, smaller(b.t, data), 0o644); err != nil {
		b.t.Fatal(err)
	}
}

// The screenshots of the documents.
func TestDocShots(t *testing.T) {
	if os.Getenv("ACCIO_DOC_SHOTS") == "" {
		t.Skip("ACCIO_DOC_SHOTS is not set")
	}
	dir := filepath.Join(root, "docs/screenshots")
	if err := os.MkdirAll(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	s := lively(t, 10*time.Second) // the limit that people will see
	for _, p := range []struct{ name, view, click string }{
		{"watch-success", "watch", "#connections tr.good button"},
		{"watch-error", "watch", "#connections tr.bad button"},
		{"explore", "explore", `#events button[data-event="sent"]`},
	} {
		b := open(t, s.url()+"#"+p.view, scheme("light"), chromedp.EmulateViewport(1280, 900)).ready()
		b.shows("n-error", 3)
		b.do(chromedp.Click(p.click))
		file := filepath.Join(dir, p.name+".png")
		write(b, file)
		if info, err := os.Stat(file); err != nil || info.Size() > 200<<10 {
			t.Errorf("%s: %v, %d bytes", file, err, info.Size())
		}
	}
}

// The page asks nobody else for anything: what it needs comes from the server.
func TestNothingFromElsewhere(t *testing.T) {
	s := serve(t, time.Hour)
	b := open(t, s.url()).ready()
	var elsewhere []string
	b.do(chromedp.Evaluate(`performance.getEntriesByType("resource").map((e) => e.name).filter((n) => !n.startsWith(location.origin))`, &elsewhere))
	if len(elsewhere) > 0 {
		t.Errorf("asked for %v", elsewhere)
	}
	answer, err := http.Get(s.url())
	if err != nil {
		t.Fatal(err)
	}
	answer.Body.Close()
	if policy := answer.Header.Get("Content-Security-Policy"); !strings.Contains(policy, "default-src 'none'") || strings.Contains(policy, "unsafe") {
		t.Errorf("Content-Security-Policy: %s", policy)
	}
}
