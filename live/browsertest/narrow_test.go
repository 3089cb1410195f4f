package browsertest

import (
	"fmt"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
)

// whole waits until all of the diagram of a view is in its box, and the box in
// the window.
func (b *tab) whole(view string) {
	b.t.Helper()
	b.wait(fmt.Sprintf(`(() => {
		const box = document.getElementById("%s-diagram"), parts = [...box.querySelectorAll(".state, .edge")], r = box.getBoundingClientRect();
		return box.querySelectorAll("svg").length === 1 && box.querySelector("svg.narrow") && box.scrollWidth <= box.clientWidth && r.left >= 0 && r.right <= innerWidth &&
			parts.length === 17 && parts.every((g) => { const p = g.getBoundingClientRect(); return p.left >= r.left && p.right <= r.right; });
	})()`, view))
}

// On a telephone the reason comes first, and the picture is whole: one that was
// drawn for it, with the same numbers.
func TestTelephone(t *testing.T) {
	for _, width := range []int64{320, 360, 390} {
		t.Run(fmt.Sprint(width), func(t *testing.T) {
			s := lively(t, time.Hour)
			b := open(t, s.url(), chromedp.EmulateViewport(width, 844)).ready()
			b.shows("n-error", 3)
			b.whole("watch")
			b.do(chromedp.Click(`#connections tr.bad button`))
			b.lit("AwaitConfirm2", "mismatched", "Error")
			b.taken("AwaitConfirm1", "confirmed", 14)
			b.wait(`(() => {
				const r = document.getElementById("detail-reason").getBoundingClientRect();
				return r.height > 0 && r.top >= 0 && r.bottom <= innerHeight;
			})()`)
			b.wait(`document.documentElement.scrollWidth <= innerWidth`)
			b.wait(`["detail", "list-title", "watch-diagram", "way"].map((id) => document.getElementById(id).getBoundingClientRect().top).every((y, i, all) => i === 0 || all[i - 1] < y)`)
			b.wait(`[...document.querySelectorAll("#watch-diagram text, #watch-diagram .count")].every((e) => e.getBoundingClientRect().height >= 10 || !e.textContent)`)
		})
	}
}

// A window that becomes narrow, or wide again, has the picture that fits, with
// all that was lit.
func TestPictureFollowsTheWindow(t *testing.T) {
	s := lively(t, time.Hour)
	b := open(t, s.url(), chromedp.EmulateViewport(1280, 900)).ready()
	b.shows("n-error", 3)
	b.do(chromedp.Click(`#connections tr.bad button`))
	for _, width := range []int64{390, 1280, 390} {
		b.do(chromedp.EmulateViewport(width, 900))
		b.wait(fmt.Sprintf(`(document.querySelector("#watch-diagram svg.narrow") !== null) === %v`, width == 390))
		b.lit("AwaitConfirm2", "mismatched", "Error")
		b.taken("AwaitConfirm1", "confirmed", 14)
		b.wait(`document.querySelector("#watch-diagram .state.lit .badge text").textContent === "1"`)
	}
	b.do(chromedp.Evaluate(`location.hash = "#explore"; 0`, nil))
	b.at("SendAccio1")
	b.whole("explore")
	b.do(chromedp.Click("#x-t-SendAccio1-sent"))
	b.at("AwaitConfirm1")
	b.do(chromedp.EmulateViewport(1280, 900))
	b.wait(`document.querySelector("#explore-diagram svg:not(.narrow)")`)
	b.at("AwaitConfirm1")
	b.do(chromedp.Click("#x-t-AwaitConfirm1-confirmed"))
	b.at("SendAccio2")
	b.wait(`new Set([...document.querySelectorAll("[id]")].map((e) => e.id)).size === document.querySelectorAll("[id]").length`)
}

// A badge that came while nobody looked is where it belongs.
func TestBadgeOfAHiddenPicture(t *testing.T) {
	s := serve(t, time.Hour)
	b := open(t, s.url()+"#explore").ready()
	s.connect()
	b.wait(`document.querySelector("#watch-diagram .state.lit .badge")`)
	b.do(chromedp.Evaluate(`location.hash = "#watch"; 0`, nil))
	b.lit("SendAccio1", "sent", "AwaitConfirm1")
	b.wait(`(() => {
		const g = document.querySelector("#watch-diagram .state.lit"), box = g.querySelector(".box").getBoundingClientRect(), badge = g.querySelector(".badge rect").getBoundingClientRect();
		return badge.left > box.left && badge.right < box.right && badge.top < box.top && badge.bottom > box.top;
	})()`)
}

// What Explore says is there from the start, in no box that is larger than it.
func TestExploreSaysWhereItBegins(t *testing.T) {
	for _, width := range []int64{390, 1440} {
		b := open(t, serve(t, time.Hour).url()+"#explore", chromedp.EmulateViewport(width, 900)).ready()
		b.wait(`document.getElementById("explore-live").textContent === "Begun in SendAccio1. Possible now: sent, timedout, failed, shutdown, aborted."`)
		b.wait(`(() => {
			const said = document.getElementById("explore-live"), text = document.createRange();
			text.selectNodeContents(said);
			return getComputedStyle(said.parentElement).backgroundColor === "rgba(0, 0, 0, 0)" &&
				Math.abs(text.getBoundingClientRect().height - said.getBoundingClientRect().height) < 8;
		})()`)
	}
}
