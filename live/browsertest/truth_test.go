package browsertest

import (
	"fmt"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
)

// kill ends the server at once, as kill -9 does.
func (s *server) kill() {
	s.t.Helper()
	s.process.Kill()
	s.process.Wait()
}

// While the reader has paused, the server starts anew: nothing is counted from
// the one to the other.
func TestWatchRestartWhilePaused(t *testing.T) {
	s := serve(t, time.Hour)
	b := open(t, s.url()).ready()
	for range 3 {
		if err := s.session(5); err != nil {
			t.Fatal(err)
		}
	}
	b.shows("n-ok", 3)
	b.do(chromedp.Click("#connections tr:last-child button"), chromedp.Click("#pause"))
	s.kill()
	b.says("link-text", "does not answer")
	s.start()
	b.says("link-text", "live")
	b.says("list-note", "Paused; the server was started anew since.")
	if err := s.session(5); err != nil {
		t.Fatal(err)
	}
	b.says("list-note", "Paused; the server was started anew since, and 1 has ended.")
	b.shows("n-ok", 3)
	b.wait(`document.querySelector("#connections tr.selected").dataset.connection === "1"`)
	b.do(chromedp.Click("#pause"))
	b.shows("n-ok", 1)
	b.wait(`document.getElementById("follow").ariaPressed === "true"`)
}

// After a restart the newest is followed, and the button says so.
func TestWatchRestartFollows(t *testing.T) {
	s := serve(t, time.Hour)
	b := open(t, s.url()).ready()
	if err := s.session(5); err != nil {
		t.Fatal(err)
	}
	b.shows("n-ok", 1)
	b.do(chromedp.Click("#connections tr button"))
	b.wait(`document.getElementById("follow").ariaPressed === "false"`)
	s.kill()
	s.start()
	b.shows("n-ok", 0)
	b.wait(`document.getElementById("follow").ariaPressed === "true"`)
}

// When the server is gone no time passes, and what is shown is not called the
// present.
func TestWatchServerGone(t *testing.T) {
	s := serve(t, time.Hour)
	b := open(t, s.url()).ready()
	s.connect()
	b.lit("SendAccio1", "sent", "AwaitConfirm1")
	s.kill()
	b.says("link-text", "does not answer")
	b.says("watch-now", "what was last heard of the server, at ")
	b.says("detail-result", "was being served")
	b.wait(`document.querySelector("#watch.stale")`)
	clock := func() (text string) {
		b.do(chromedp.Evaluate(`document.querySelector("#connections tr.going td:last-child").textContent + "; " +
			document.querySelector("#timeline tbody").textContent`, &text))
		return text
	}
	before := clock()
	time.Sleep(1200 * time.Millisecond)
	if now := clock(); now != before {
		t.Errorf("time passes: %s, then %s", before, now)
	}
	s.start()
	b.says("watch-now", "what the server does now")
	b.wait(`!document.querySelector("#watch.stale")`)
	b.shows("n-serving", 0)
}

// mixed has some connections end well, and some in ERROR between them.
func mixed(t *testing.T, s *server) {
	t.Helper()
	for i := range 4 {
		if err := s.session(i); err != nil {
			t.Fatal(err)
		}
		if i%2 == 0 {
			s.connect().send("hello\r\n")
		}
	}
}

// What the list says of itself is true under a filter, too.
func TestWatchFilterNote(t *testing.T) {
	s := serve(t, time.Hour)
	b := open(t, s.url()).ready()
	mixed(t, s)
	b.shows("n-ok", 4)
	b.shows("n-error", 2)
	choose := func(filter, note string) {
		t.Helper()
		b.do(chromedp.Click(fmt.Sprintf(`#filter input[value=%q]`, filter)))
		b.wait(fmt.Sprintf(`document.getElementById("list-note").textContent === %q`, note))
	}
	choose("error", "2 in ERROR among the 6 that have ended.")
	choose("ok", "4 in Done among the 6 that have ended.")
	choose("all", "")
	for i := range 200 {
		if err := s.session(i); err != nil {
			t.Fatal(err)
		}
	}
	b.shows("n-ok", 204)
	b.says("list-note", "The latest 200 of 206 that have ended.")
	choose("error", "None in ERROR among the latest 200 of 206.")
	choose("ok", "200 in Done among the latest 200 of 206.")
}

// The details are those of a row that is listed.
func TestWatchFilterSelects(t *testing.T) {
	s := serve(t, time.Hour)
	b := open(t, s.url()).ready()
	if err := s.session(5); err != nil {
		t.Fatal(err)
	}
	s.connect().send("hello\r\n")
	b.shows("n-error", 1)
	b.lit("AwaitConfirm1", "mismatched", "Error")
	selected := func(number string) {
		t.Helper()
		b.wait(fmt.Sprintf(`document.querySelector("#connections tr.selected").dataset.connection === %q`, number))
		b.says("detail-title", "Connection "+number+" ")
	}
	b.do(chromedp.Click(`#filter input[value="ok"]`))
	b.lit("Streaming", "closed", "Done")
	selected("1")
	s.connect() // is served, and not listed
	b.shows("n-serving", 1)
	selected("1")
	b.do(chromedp.Click("#connections tr.selected button"), chromedp.Click(`#filter input[value="error"]`))
	selected("2")
	b.wait(`document.getElementById("follow").ariaPressed === "true"`)
}

// A browser that comes back to the page sets the filter as it was.
func TestWatchFilterRestored(t *testing.T) {
	s := serve(t, time.Hour)
	b := open(t, s.url()).ready()
	mixed(t, s)
	b.shows("n-ok", 4)
	b.do(chromedp.Click(`#filter input[value="error"]`))
	b.says("list-note", "2 in ERROR")
	b.do(chromedp.Navigate(s.url()+"metrics"), chromedp.NavigateBack())
	b.ready()
	b.shows("n-ok", 4)
	b.wait(`(() => {
		const chosen = document.querySelector("#filter :checked").value, rows = document.querySelectorAll("#connections tbody tr").length;
		return chosen === "error" && rows === 2 || chosen === "all" && rows === 6;
	})()`)
}

// A rate is shown where it was measured over some time, or some bytes.
func TestMeanRate(t *testing.T) {
	b := open(t, serve(t, time.Hour).url()).ready()
	for connection, want := range map[string]float64{
		"{bytes: 11, seconds: 0.000214}": 0, "{bytes: 11, seconds: 0.0999}": 0, "{bytes: 11, seconds: 0.1}": 110, "{bytes: 0, seconds: 9}": 0,
		"{bytes: 1048575, seconds: 0.01}": 0, "{bytes: 1048576, seconds: 0.01}": 104857600, "{bytes: 1048576, seconds: 0}": 0,
	} {
		var got float64
		b.do(chromedp.Evaluate(fmt.Sprintf(`import("/assets/connections.js").then((m) => m.meanRate(%s))`, connection), &got, awaited))
		if got != want {
			t.Errorf("%s: %v bytes/s, want %v", connection, got, want)
		}
	}
}

// Numbers that are about to need another unit.
func TestNumbersForPeople(t *testing.T) {
	b := open(t, serve(t, time.Hour).url()).ready()
	for call, want := range map[string]string{
		"rate(0)": "0", "rate(999)": "999", "rate(999.6)": "1.0 k", "rate(1000)": "1.0 k", "rate(99949)": "99.9 k", "rate(99960)": "100 k",
		"rate(999499)": "999 k", "rate(999999)": "1.0 M", "rate(2.5e15)": "2500 T",
		"duration(-1)": "0 µs", "duration(0)": "0 µs", "duration(0.000099)": "99 µs", "duration(0.0000999)": "0.10 ms", "duration(0.00123)": "1.23 ms",
		"duration(0.009999)": "10.0 ms", "duration(0.0123)": "12.3 ms", "duration(0.09999)": "0.10 s", "duration(1.234)": "1.23 s",
		"duration(99.99)": "99.99 s", "duration(99.999)": "1 min 40 s", "duration(3599.4)": "59 min 59 s", "duration(3599.6)": "1 h 0 min",
		"duration(3661)": "1 h 1 min", "duration(7199)": "1 h 59 min", "duration(360000)": "100 h 0 min",
	} {
		var got string
		b.do(chromedp.Evaluate(fmt.Sprintf(`import("/assets/dom.js").then((m) => m.%s)`, call), &got, awaited))
		if got != want {
			t.Errorf("%s gives %q, not %q", call, got, want)
		}
	}
}
