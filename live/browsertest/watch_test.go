package browsertest

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
)

// A session that succeeds, step by step.
func TestWatchSuccess(t *testing.T) {
	s := serve(t, time.Hour)
	b := open(t, s.url()).ready()
	b.says("list-note", "None yet")

	c := s.connect()
	b.lit("SendAccio1", "sent", "AwaitConfirm1")
	b.wait(`document.querySelector("#s-AwaitConfirm1.lit .badge text").textContent === "1"`)
	b.shows("n-serving", 1)
	c.send(confirm1)
	b.lit("SendAccio2", "sent", "AwaitConfirm2")
	c.send(confirm2)
	b.lit("AwaitConfirm2", "confirmed", "Streaming")
	c.send(strings.Repeat("x", 123456))
	b.shows("n-bytes", 123456)
	b.says("detail-result", "being served, in Streaming")
	c.CloseWrite()
	b.lit("Streaming", "closed", "Done")
	b.says("detail-result", "123,456 bytes counted in ")
	b.shows("n-ok", 1)
	b.shows("n-serving", 0)
	b.wait(`document.querySelectorAll("#watch-diagram .lit").length === 0`)
	b.wait(`document.querySelectorAll("#timeline tbody tr").length === 5`)
	b.wait(`document.querySelector("#chart svg").getAttribute("aria-label").includes("client: confirm-accio-again\\r\\n\\r\\n")`)
	b.says("watch-live", "Connection 1 has ended well, with 123,456 bytes.")
	if err := s.process.Stdout.Wait(`^123456\n$`); err != nil {
		t.Error(err)
	}
}

// How a confirmation comes is shown byte by byte, with what is missing and how
// long the client has.
func TestWatchProgress(t *testing.T) {
	s := serve(t, time.Minute)
	b := open(t, s.url()).ready()
	result := func(pattern string) {
		t.Helper()
		b.wait(fmt.Sprintf(`new RegExp(%q).test(document.getElementById("detail-result").textContent)`, pattern))
	}
	const left = `, (60|5\d) s left$`
	c := s.connect()
	result("^being served, in AwaitConfirm1: 0 of 15 bytes" + left)
	c.send("confirm")
	result(`^being served, in AwaitConfirm1: 7 of 15 bytes, "-accio\\r\\n" is missing` + left)
	c.send(confirm1[7:] + confirm2[:21])
	result("^being served, in AwaitConfirm2: 21 of 23 bytes, the empty line is missing" + left)
	b.wait(`document.querySelector("#connections .result").textContent === "in AwaitConfirm2, 21 of 23 bytes"`)
	result(", 5[0-8] s left$") // it goes by
	c.send(confirm2[21:])
	result("^being served, in Streaming: 0 bytes" + left)
	c.send("x")
	result("^being served, in Streaming: 1 byte, .*(60|5\\d) s left$")
	result("^being served, in Streaming: 1 byte, 5\\d s left$") // a rate of nothing is none
	c.CloseWrite()
	result("^1 byte counted in ")
}

func TestWatchTimeout(t *testing.T) {
	s := serve(t, 5*time.Second) // so that what is before it is seen
	b := open(t, s.url()).ready()
	c := s.connect()
	b.lit("SendAccio1", "sent", "AwaitConfirm1")
	c.send("confirm-")
	b.lit("AwaitConfirm1", "timedout", "Error")
	b.says("detail-result", "ERROR in AwaitConfirm1: timedout")
	b.says("detail-reason", "no data for 5s")
	b.says("detail-hint", `received "confirm-"`)
	b.shows("n-error", 1)
	b.taken("AwaitConfirm1", "timedout", 1)
	b.says("watch-live", "Connection 1 has ended in ERROR: no data for 5s")
}

func TestWatchGarbage(t *testing.T) {
	s := serve(t, time.Hour)
	b := open(t, s.url()).ready()
	s.connect().send("hello\r\n")
	b.lit("AwaitConfirm1", "mismatched", "Error")
	b.says("detail-reason", "byte 1 is 'h', wanted 'c'")
	b.taken("AwaitConfirm1", "mismatched", 1)

	// The words are those of the log.
	for _, id := range []string{"detail-reason", "detail-hint"} {
		if said := b.text(id); said == "" || !strings.Contains(s.process.Stderr.String(), said) {
			t.Errorf("%s says %q, the log\n%s", id, said, &s.process.Stderr)
		}
	}
}

// One connection stays selected while others come; the filter and the pause.
func TestWatchSelectFilterPause(t *testing.T) {
	s := serve(t, time.Hour)
	b := open(t, s.url()).ready()
	if err := s.session(7); err != nil {
		t.Fatal(err)
	}
	s.connect().send("hello\r\n")
	b.shows("n-error", 1)
	b.do(chromedp.Click(`#connections tr[data-connection="2"] button`))
	b.wait(`document.querySelector('#connections tr.selected').dataset.connection === "2"`)
	if err := s.session(8); err != nil {
		t.Fatal(err)
	}
	b.shows("n-ok", 2)
	b.lit("AwaitConfirm1", "mismatched", "Error")
	b.do(chromedp.Click(`#follow`))
	b.lit("Streaming", "closed", "Done")

	listed := func(want string) {
		t.Helper()
		b.wait(fmt.Sprintf(`[...document.querySelectorAll("#connections tbody tr")].map((r) => r.dataset.connection).join() === %q`, want))
	}
	listed("3,2,1")
	b.do(chromedp.Click(`#filter input[value="error"]`))
	listed("2")
	b.do(chromedp.Click(`#filter input[value="ok"]`))
	listed("3,1")
	b.do(chromedp.Click(`#filter input[value="all"]`), chromedp.Click(`#pause`))
	if err := s.session(9); err != nil {
		t.Fatal(err)
	}
	b.says("list-note", "Paused; 1 has ended since.")
	b.shows("n-ok", 2)
	listed("3,2,1")
	b.do(chromedp.Click(`#connections tbody button`)) // a click changes nothing of that
	b.says("list-note", "Paused; 1 has ended since.")
	b.shows("n-ok", 2)
	listed("3,2,1")
	b.do(chromedp.Click(`#pause`))
	b.shows("n-ok", 3)
	listed("4,3,2,1")

	// By the keyboard: Tab reaches one of the rows, arrows the others.
	b.do(chromedp.Focus(`#connections button[tabindex="0"]`), chromedp.KeyEvent("\ue013")) // up
	b.do(chromedp.Evaluate(`document.querySelector('#connections button[tabindex="0"]').focus()`, nil))
	b.wait(`document.querySelectorAll('#connections button[tabindex="0"]').length === 1`)
}

// The stream of events goes on after a restart, with the new server's numbers.
func TestWatchRestart(t *testing.T) {
	s := serve(t, time.Hour)
	b := open(t, s.url()).ready()
	if err := s.session(5); err != nil {
		t.Fatal(err)
	}
	b.shows("n-bytes", 5)
	s.stop()
	b.says("link-text", "the server does not answer")
	s.start()
	b.says("link-text", "live")
	b.shows("n-ok", 0)
	b.shows("n-bytes", 0)
	b.says("watch-live", "The server was started anew.")
	b.wait(`document.querySelectorAll("#connections tbody tr").length === 0`)
	s.connect().send("hello\r\n")
	b.lit("AwaitConfirm1", "mismatched", "Error")
	b.taken("SendAccio1", "sent", 1)
}

// Thousands of sessions while the page is open: every counter is exact.
func TestWatchThousands(t *testing.T) {
	const sessions, failures = 5000, 100
	s := serve(t, time.Hour)
	b := open(t, s.url()).ready()
	for i := range sessions {
		if err := s.session(i % 10); err != nil {
			t.Fatal(err)
		}
		if i%(sessions/failures) == 0 {
			c := s.connect()
			c.send("hello\r\n")
			c.Close()
		}
	}
	b.shows("n-ok", sessions)
	b.shows("n-error", failures)
	b.shows("n-bytes", sessions/10*45)
	st := s.state()
	if st.Connections.OK != sessions || st.Connections.Error != failures {
		t.Errorf("the API says %+v", st)
	}
	for _, tr := range st.Transitions {
		b.taken(tr.From, tr.Event, tr.Count)
	}
	b.taken("Streaming", "closed", sessions)
	b.wait(`document.querySelectorAll("#connections tbody tr").length === 200`)
	b.wait(`document.querySelectorAll("#connections tbody tr")[0].dataset.connection === "5100"`)
}

// Without scripts the page is a picture and numbers.
func TestWithoutJavaScript(t *testing.T) {
	s := serve(t, time.Hour)
	if err := s.session(1234); err != nil {
		t.Fatal(err)
	}
	s.connect().send("hello\r\n")
	if err := s.process.Stdout.Wait("ERROR"); err != nil {
		t.Fatal(err)
	}
	b := open(t, s.url(), noScript())
	var shown string
	b.do(chromedp.Text("body", &shown, chromedp.ByQuery))
	for _, not := range []string{"0.000 s", "how often it happened"} {
		if strings.Contains(shown, not) {
			t.Errorf("%q in\n%s", not, shown)
		}
	}
	for _, want := range []string{"Without JavaScript", "bytes received", "1234", "ERROR: byte 1 is 'h', wanted 'c'", "AwaitConfirm1"} {
		if !strings.Contains(shown, want) {
			t.Errorf("no %q in\n%s", want, shown)
		}
	}
}
