package browsertest

import (
	"fmt"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
)

// On a small notebook the reason of an ERROR is seen without scrolling: in its
// row, and in the details.
func TestReasonIsInSight(t *testing.T) {
	s := serve(t, time.Hour)
	for i := range 20 {
		if err := s.session(i); err != nil {
			t.Fatal(err)
		}
	}
	s.connect().send("jonk\r\n")
	b := open(t, s.url(), chromedp.EmulateViewport(1280, 800)).ready()
	b.shows("n-error", 1)
	b.wait(`(() => {
		const cell = document.querySelector("#connections tr.bad .result span"), r = cell.getBoundingClientRect();
		return cell.textContent === "ERROR: byte 1 is 'j', wanted 'c', in AwaitConfirm1" && cell.scrollHeight <= cell.clientHeight + 1 && r.bottom < innerHeight;
	})()`)
	b.wait(`document.getElementById("detail-hint").getBoundingClientRect().bottom <= innerHeight`)
	b.wait(`document.querySelector("#connections th.wide").offsetWidth > 0`)
	b.wait(`document.getElementById("follow").offsetTop === document.getElementById("pause").offsetTop`)
	// Every row is as high as any other, whatever it says.
	b.wait(`(() => {
		const heights = [...document.querySelectorAll("#connections tbody tr")].map((r) => r.getBoundingClientRect().height);
		return Math.max(...heights) - Math.min(...heights) <= 1;
	})()`)
}

// Where the diagram is wider than its box, the state that is lit is in sight,
// and the label of the step that led there.
func TestDiagramRevealsTheState(t *testing.T) {
	s := serve(t, time.Hour)
	b := open(t, s.url(), chromedp.EmulateViewport(960, 800)).ready()
	b.wait(`document.getElementById("watch-diagram").scrollWidth > document.getElementById("watch-diagram").clientWidth`)
	seen := func() {
		t.Helper()
		b.wait(`(() => {
			const box = document.getElementById("watch-diagram").getBoundingClientRect();
			return [...document.querySelectorAll("#watch-diagram :is(.state.here, .event.last)")].every((g) => {
				const r = g.getBoundingClientRect();
				return r.left >= box.left && r.right <= box.right;
			});
		})()`)
	}
	s.connect().send("jonk\r\n")
	b.lit("AwaitConfirm1", "mismatched", "Error")
	seen()
	if err := s.session(5); err != nil {
		t.Fatal(err)
	}
	b.lit("Streaming", "closed", "Done")
	seen()
	c := s.connect()
	b.lit("SendAccio1", "sent", "AwaitConfirm1")
	seen()
	c.send(confirm1 + confirm2)
	b.lit("AwaitConfirm2", "confirmed", "Streaming")
	seen()
}

// Where the system chooses the colours, what is chosen, pressed or lit is not
// told by a colour of the page that the system takes away.
func TestForcedColours(t *testing.T) {
	s := lively(t, time.Hour)
	b := open(t, s.url(), emulation.SetEmulatedMedia().WithFeatures([]*emulation.MediaFeature{{Name: "forced-colors", Value: "active"}})).ready()
	b.shows("n-error", 3)
	b.wait(`matchMedia("(forced-colors: active)").matches`)
	for _, pair := range [][2]string{
		{"#connections tr.selected", "#connections tr:not(.selected)"},
		{"#follow", "#pause"},
		{".lamp", "body"},
		{".mark.lit", "figcaption"},
		{".mark.last", "figcaption"},
		{"nav [aria-current]", "nav a:not([aria-current])"},
	} {
		var same bool
		b.do(chromedp.Evaluate(fmt.Sprintf(`(() => {
			const colour = (e) => getComputedStyle(e).backgroundColor;
			const [one, other] = [%q, %q].map((s) => colour(document.querySelector(s)));
			const canvas = document.body.appendChild(document.createElement("p"));
			canvas.style.background = "Canvas";
			return one === other || one === "rgba(0, 0, 0, 0)" || one === colour(canvas);
		})()`, pair[0], pair[1]), &same))
		if same {
			t.Errorf("%s looks like %s", pair[0], pair[1])
		}
	}
	b.do(chromedp.Click("#connections tr.bad button"))
	b.wait(`[...document.querySelectorAll("#connections tr.selected :is(td, button, span)")].every((e) =>
		getComputedStyle(e).color === getComputedStyle(e.closest("tr")).color)`)
}

// On paper nothing is cut at the edge of a box that scrolls, and nothing is
// written pale on white.
func TestPrint(t *testing.T) {
	s := lively(t, time.Hour)
	b := open(t, s.url(), emulation.SetEmulatedMedia().WithMedia("print")).ready()
	b.shows("n-error", 3)
	b.wait(`[...document.querySelectorAll("#watch .scroll")].every((e) => e.scrollHeight <= e.clientHeight + 1 && getComputedStyle(e).maxHeight === "none")`)
	b.wait(`[...document.querySelectorAll("button, nav a")].filter((e) => !e.closest("td")).every((e) => e.offsetWidth === 0)`)
	b.wait(`[...document.querySelectorAll("#watch .columns > *")].every((e) => Math.abs(e.offsetWidth - e.parentElement.clientWidth) <= 1)`)
	b.wait(`[...document.querySelectorAll("#connections .result span")].every((e) => e.scrollHeight <= e.clientHeight + 1)`)
	b.wait(`document.getElementById("chart").getBoundingClientRect().top < document.getElementById("connections").getBoundingClientRect().top`)
}
