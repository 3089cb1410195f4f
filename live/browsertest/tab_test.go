package browsertest

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	cdplog "github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
)

const patience = 45 * time.Second

// tab is a page in the browser.
type tab struct {
	t   *testing.T
	ctx context.Context

	mu         sync.Mutex
	complaints []string
}

// open opens an address in a tab of its own; before says what to do before. The
// test fails in the end if the page has complained: an error of a script, or
// something that the Content-Security-Policy forbids.
func open(t *testing.T, url string, before ...chromedp.Action) *tab {
	t.Helper()
	if chromium == nil {
		missing(t, "no chromium in PATH")
	}
	ctx, closeTab := chromedp.NewContext(chromium)
	t.Cleanup(closeTab)
	ctx, cancel := context.WithTimeout(ctx, 2*time.Minute)
	t.Cleanup(cancel)
	b := &tab{t: t, ctx: ctx}
	chromedp.ListenTarget(ctx, b.listen)
	b.do(append(before, chromedp.Navigate(url))...)
	t.Cleanup(func() {
		b.mu.Lock()
		defer b.mu.Unlock()
		for _, text := range b.complaints {
			t.Errorf("the browser complains: %s", text)
		}
	})
	return b
}

func (b *tab) listen(event any) {
	text := ""
	switch e := event.(type) {
	case *runtime.EventExceptionThrown:
		text = e.ExceptionDetails.Error()
	case *cdplog.EventEntryAdded:
		// What the network refuses is no fault of the page: servers are stopped.
		if e.Entry.Level == cdplog.LevelError && e.Entry.Source != cdplog.SourceNetwork {
			text = e.Entry.Text
		}
	}
	if text != "" {
		b.mu.Lock()
		b.complaints = append(b.complaints, text)
		b.mu.Unlock()
	}
}

func (b *tab) do(actions ...chromedp.Action) {
	b.t.Helper()
	if err := chromedp.Run(b.ctx, actions...); err != nil {
		b.t.Fatal(err)
	}
}

// ready waits until the page runs.
func (b *tab) ready() *tab {
	b.t.Helper()
	b.wait(`document.documentElement.dataset.ready !== undefined && document.getElementById("link-text").textContent === "live"`)
	return b
}

// wait waits until the expression is true in the page.
func (b *tab) wait(expression string) {
	b.t.Helper()
	var now bool
	for deadline := time.Now().Add(patience); !now; time.Sleep(20 * time.Millisecond) {
		b.do(chromedp.Evaluate("!!("+expression+")", &now))
		if !now && time.Now().After(deadline) {
			var shown string
			b.do(chromedp.Evaluate(`document.querySelector("main section:not([hidden])")?.innerText ?? ""`, &shown))
			b.t.Fatalf("never true: %s\nthe page shows:\n%s", expression, shown)
		}
	}
}

// lit waits until exactly this event of the diagram is the last step, its
// arrow too, and the selected connection is in that state.
func (b *tab) lit(from, event, to string) {
	b.t.Helper()
	b.wait(fmt.Sprintf(`(() => {
		const ids = (c) => [...document.querySelectorAll("#watch-diagram " + c)].map((g) => g.id).join();
		return ids(".event.last") === "t-%s-%s" && ids(".edge.last") === "e-%[1]s-%[3]s" && ids(".state.here") === "s-%[3]s";
	})()`, from, event, to))
}

func (b *tab) text(id string) (text string) {
	b.t.Helper()
	b.do(chromedp.Evaluate(fmt.Sprintf(`document.getElementById(%q).textContent`, id), &text))
	return text
}

// says waits until the element has the text, or a part of it.
func (b *tab) says(id, text string) {
	b.t.Helper()
	b.wait(fmt.Sprintf(`document.getElementById(%q).textContent.includes(%q)`, id, text))
}

// shows waits until the element has this number, however it is grouped.
func (b *tab) shows(id string, n int) {
	b.t.Helper()
	b.wait(fmt.Sprintf(`document.getElementById(%q).textContent.replaceAll(",", "") === "%d"`, id, n))
}

// taken waits until an event of the diagram shows how often it happened.
func (b *tab) taken(from, event string, n int) {
	b.t.Helper()
	b.wait(fmt.Sprintf(`document.querySelector("#t-%s-%s .count").textContent.replaceAll(",", "") === "%d"`, from, event, n))
}

func scheme(name string) chromedp.Action {
	return emulation.SetEmulatedMedia().WithFeatures([]*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: name}})
}

func noScript() chromedp.Action {
	return chromedp.ActionFunc(func(ctx context.Context) error {
		return emulation.SetScriptExecutionDisabled(true).Do(cdp.WithExecutor(ctx, chromedp.FromContext(ctx).Target))
	})
}

// awaited lets a promise be evaluated.
func awaited(p *runtime.EvaluateParams) *runtime.EvaluateParams { return p.WithAwaitPromise(true) }
