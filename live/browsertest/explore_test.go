package browsertest

import (
	"fmt"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

func explore(t *testing.T) *tab {
	t.Helper()
	b := open(t, serve(t, time.Hour).url()+"#explore").ready()
	b.at("SendAccio1")
	return b
}

// at waits until the machine is in the state, on the diagram too.
func (b *tab) at(state string) {
	b.t.Helper()
	b.wait(fmt.Sprintf(`document.getElementById("now").textContent === %q &&
		document.querySelector("#explore-diagram .state.here").dataset.state === %[1]q`, state))
}

func TestExploreByMouse(t *testing.T) {
	b := explore(t)
	b.do(chromedp.Click("#x-t-SendAccio1-sent"))
	b.at("AwaitConfirm1")
	b.do(chromedp.Click("#x-t-SendAccio2-sent"))
	b.says("explore-live", "Not now: this arrow begins in SendAccio2, and the machine is in AwaitConfirm1.")
	b.do(chromedp.Click(`#events button[data-event="sent"]`))
	b.says("explore-live", "In AwaitConfirm1 the server reads, and expects confirm-accio\\r\\n. That cannot end with “sent”")
	b.at("AwaitConfirm1")
	b.do(chromedp.Click(`#events button[data-event="confirmed"]`))
	b.at("SendAccio2")
	b.do(chromedp.Click("#undo"))
	b.at("AwaitConfirm1")
	b.do(chromedp.Click("#x-t-AwaitConfirm1-closed"))
	b.at("Error")
	b.wait(`document.querySelectorAll("#explore-diagram .possible").length === 0`)
	b.wait(`[...document.querySelectorAll("#history li")].map((e) => e.textContent).join("; ") ===
		"begun in SendAccio1; sent → AwaitConfirm1; closed → Error"`)
	b.do(chromedp.Click("#reset"))
	b.at("SendAccio1")
}

func TestExploreByKeyboard(t *testing.T) {
	b := explore(t)
	b.do(chromedp.KeyEvent("1")) // wherever the focus is
	b.at("AwaitConfirm1")
	b.do(chromedp.KeyEvent("u"), chromedp.KeyEvent("1"), chromedp.KeyEvent("r"))
	b.at("SendAccio1")
	// From the top of the page by Tab alone to the view, then to the diagram.
	b.do(chromedp.Evaluate(`document.activeElement.blur()`, nil))
	for range 40 {
		var there bool
		b.do(chromedp.KeyEvent(kb.Tab), chromedp.Evaluate(`document.activeElement.id === "x-t-SendAccio1-sent"`, &there))
		if there {
			break
		}
	}
	b.do(chromedp.KeyEvent(kb.Enter))
	b.at("AwaitConfirm1")
	b.do(chromedp.KeyEvent("2"))
	b.at("SendAccio2")
	b.do(chromedp.KeyEvent("2"))
	b.says("explore-live", "Not now.")
	b.do(chromedp.KeyEvent("u"))
	b.at("AwaitConfirm1")
	b.do(chromedp.KeyEvent("2"), chromedp.KeyEvent("1"), chromedp.KeyEvent("2"), chromedp.KeyEvent("4"))
	b.at("Done")
	b.do(chromedp.KeyEvent("r"))
	b.at("SendAccio1")
}

func TestExploreRunThatEndsIn(t *testing.T) {
	b := explore(t)
	b.do(chromedp.SetValue("#goal", "Done"), chromedp.Click("#run"))
	b.at("Done")
	b.says("story-title", "The shortest run to Done")
	b.wait(`document.querySelectorAll("#story li").length === 6`)
	b.do(chromedp.Click("#story-back"))
	b.at("Streaming")
	b.do(chromedp.Evaluate(`(() => {
		const option = [...document.querySelectorAll("#goal option")].find((o) => o.textContent === "Error, by mismatched in AwaitConfirm2");
		document.getElementById("goal").value = option.value;
	})()`, nil), chromedp.Click("#run"))
	b.at("Error")
	b.wait(`document.querySelector("#explore-diagram .event.last").id === "x-t-AwaitConfirm2-mismatched"`)
}

// The counterexample, step by step, on the real table.
func TestExploreCounterexample(t *testing.T) {
	b := explore(t)
	b.says("story-title", "A client that waits for two commands")
	b.do(chromedp.Click("#story-begin"))
	b.says("story-place", "step 1 of ")
	for {
		var over bool
		b.do(chromedp.Evaluate(`document.getElementById("story-next").ariaDisabled === "true"`, &over))
		if over {
			break
		}
		b.do(chromedp.Click("#story-next"))
	}
	b.at("Error")
	b.wait(`document.querySelector("#explore-diagram .event.last").id === "x-t-AwaitConfirm1-timedout"`)
	b.says("explore-live", "nothing for the idle limit")
}
