package browsertest

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// places returns where the controls of Explore are.
func (b *tab) places() (where string) {
	b.t.Helper()
	b.do(chromedp.Evaluate(`[...document.querySelectorAll("#explore .list :is(button, select)")].map((e) => {
		const r = e.getBoundingClientRect();
		return [e.id || e.dataset.event, ...[r.left, r.top + scrollY, r.width, r.height].map(Math.round)].join(" ");
	}).join("\n")`, &where))
	return where
}

// No control moves when the state changes, or when something is refused: who
// clicks twice on the same spot clicks twice on the same button.
func TestExploreControlsStayPut(t *testing.T) {
	for _, width := range []int64{360, 800, 1024, 1280, 2560} {
		t.Run(fmt.Sprint(width), func(t *testing.T) {
			b := open(t, serve(t, time.Hour).url()+"#explore", chromedp.EmulateViewport(width, 800)).ready()
			b.at("SendAccio1")
			want := b.places()
			check := func(what string) {
				t.Helper()
				if got := b.places(); got != want {
					t.Errorf("after %s:\n%s\nbefore:\n%s", what, got, want)
				}
			}
			for _, keys := range []string{"7", "u", "2", "1", "1", "3", "u", "2", "4", "1", "2", "3", "5", "u", "4", "1", "u", "r", "u"} {
				b.do(chromedp.KeyEvent(keys))
				check(keys)
			}
			for range 6 {
				b.do(chromedp.Evaluate(`document.getElementById("story-next").click()`, nil))
				check("a step of the story")
			}
			b.do(chromedp.Evaluate(`document.getElementById("run").click()`, nil))
			check("a run")
		})
	}
}

func (b *tab) focused(id string) {
	b.t.Helper()
	var now string
	b.do(chromedp.Evaluate(`document.activeElement.id`, &now))
	if now != id {
		b.t.Errorf("the focus is on %q, not on %q", now, id)
	}
}

// A button that has nothing more to do keeps the focus.
func TestExploreKeepsFocus(t *testing.T) {
	b := explore(t)
	b.do(chromedp.KeyEvent("1"))
	b.at("AwaitConfirm1")
	b.do(chromedp.Focus("#undo"), chromedp.KeyEvent(kb.Enter))
	b.at("SendAccio1")
	b.focused("undo")
	b.do(chromedp.KeyEvent(kb.Enter))
	b.says("explore-live", "Nothing has happened yet.")
	b.do(chromedp.Focus("#story-next"))
	for range 8 {
		b.do(chromedp.KeyEvent(kb.Enter))
	}
	b.at("Error")
	b.says("explore-live", "This is the last step.")
	b.focused("story-next")
	b.do(chromedp.Focus("#story-back"))
	for range 8 {
		b.do(chromedp.KeyEvent(kb.Enter))
	}
	b.at("SendAccio1")
	b.focused("story-back")
}

// The run that is offered first is a whole session, and a run can be stopped.
func TestExploreRunStops(t *testing.T) {
	b := explore(t)
	b.wait(`document.getElementById("goal").value === "Done"`)
	b.do(chromedp.Click("#run"))
	b.says("run", "Stop")
	b.do(chromedp.Click("#run"))
	b.says("run", "Show")
	before := b.text("now")
	time.Sleep(2 * time.Second) // two steps would have come
	if now := b.text("now"); now != before {
		t.Errorf("it went on from %s to %s", before, now)
	}
	b.do(chromedp.Click("#run"))
	b.at("Done")
	b.says("run", "Show")
}

// The link that skips the header leads to the content of the same view.
func TestSkipLinkKeepsTheView(t *testing.T) {
	b := explore(t)
	b.do(chromedp.Focus(".skip"), chromedp.KeyEvent(kb.Enter))
	b.wait(`document.activeElement.id === "main"`)
	time.Sleep(200 * time.Millisecond) // for a hashchange
	b.wait(`!document.getElementById("explore").hidden`)
	b.do(chromedp.Evaluate(`location.hash = "#nonsense"; 0`, nil))
	time.Sleep(200 * time.Millisecond)
	var address string
	b.do(chromedp.Evaluate(`document.getElementById("explore").hidden ? "watch" : location.href`, &address))
	if !strings.HasSuffix(address, "#nonsense") {
		t.Errorf("an unknown fragment leads to %s", address)
	}
}
