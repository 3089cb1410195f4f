package browsertest

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
)

// told waits until connection number is selected and has ended, and returns the
// words of its sequence chart.
func (b *tab) told(number int) (words string) {
	b.t.Helper()
	b.wait(fmt.Sprintf(`document.getElementById("detail-title").textContent.startsWith("Connection %d ") &&
		document.querySelector("#detail-result:not(.going)")`, number))
	b.do(chromedp.Evaluate(`document.querySelector("#chart svg").getAttribute("aria-label")`, &words))
	return words
}

// The chart has what the server knows to have been sent or to have arrived, and
// nothing else.
func TestChartTellsWhatIsKnown(t *testing.T) {
	s := serve(t, time.Hour)
	b := open(t, s.url()).ready()
	for i, test := range []struct{ sent, want, not string }{
		{"", "client: end of stream. closed, then in Error: the client closed before it sent anything", "confirm-accio\\r\\n. "},
		{"jonk", "client: byte 1 is 'j', wanted 'c'. mismatched, then in Error", "client: confirm"},
		{"confirm-", "client: end of stream. closed, then in Error: the client closed within the 15 bytes", "client: confirm"},
		{confirm1 + confirm2, "in Streaming. client: end of stream. closed, then in Done.", "file"},
		{confirm1 + confirm2 + strings.Repeat("x", 1234), "in Streaming. client: 1,234 bytes. client: end of stream. closed, then in Done.", "file"},
	} {
		c := s.connect()
		c.send(test.sent)
		c.CloseWrite()
		words := b.told(i + 1)
		if !strings.Contains(words, test.want) || strings.Contains(words, test.not) || strings.Contains(words, "not the whole") {
			t.Errorf("sent %q: %s", test.sent, words)
		}
		c.Close()
	}
}

func TestChartOfTimeout(t *testing.T) {
	s := serve(t, time.Second)
	b := open(t, s.url()).ready()
	s.connect().send("confirm-")
	if words := b.told(1); !strings.HasSuffix(words, "in AwaitConfirm1. timedout, then in Error: no data for 1s.") {
		t.Error(words)
	}
	s.connect().send(confirm1 + confirm2 + "12345")
	if words := b.told(2); !strings.HasSuffix(words, "in Streaming. client: 5 bytes. timedout, then in Error: no data for 1s.") {
		t.Error(words)
	}
}

// What a connection in service waits for is said, and not drawn as if it came.
func TestChartOfServing(t *testing.T) {
	s := serve(t, time.Hour)
	b := open(t, s.url()).ready()
	c := s.connect()
	b.lit("SendAccio1", "sent", "AwaitConfirm1")
	c.send("confirm-")
	b.says("detail-hint", "The server reads, and expects confirm-accio\\r\\n. The idle limit of 3600 s begins anew with every byte that arrives.")
	b.wait(`document.querySelector("#chart svg").getAttribute("aria-label").endsWith("in AwaitConfirm1. now reads, and expects confirm-accio\\r\\n.")`)
	c.send("accio\r\n" + confirm2 + "x")
	b.wait(`document.querySelector("#chart svg").getAttribute("aria-label").includes("client: bytes …. now counts")`)
}
