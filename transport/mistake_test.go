package transport

import (
	"context"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"accio/explore"
	"accio/fsm"
	"accio/protocol"
)

// Every mistake of the list is told by its hint (docs/protocol.md §8.7, and with
// it §1.7, §8.2, §8.3, §8.5), and each hint is the one of some mistake.
func TestMistakesAreNamed(t *testing.T) {
	const first, second, again = protocol.Confirm1, protocol.Confirm2, "confirm-accio-again"
	utf16 := func(text string) string { return strings.Join(strings.Split(text, ""), "\x00") + "\x00" }
	tests := []struct{ sent, hint string }{
		{"\xff\xfe" + utf16(first), "that is UTF-16,"},
		{"\xfe\xff\x00" + utf16(first), "that is UTF-16,"},
		{utf16(first), "that is UTF-16,"},
		{"c\x00", "that is UTF-16,"},
		{"\xff\xfec\x00", "that is UTF-16,"},
		{"\xfe\xff\x00", "that is UTF-16,"},
		{"\x00" + utf16(first), "that is UTF-16,"},
		{"\x00c\x00", "that is UTF-16,"},
		{"\xef\xbb\xbf" + first, "a byte order mark of UTF-8"},
		{"\x16\x03\x01\x02\x00\x01", "that is TLS;"},
		{"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n", "that is HTTP;"},
		{"SSH-2.0-OpenSSH_9.9\r\n", "that is SSH;"},
		{`b'confirm-accio\r\n'`, "b'...' is how Python shows bytes;"},
		{`"confirm-accio\r\n"`, "send it without quotation marks"},
		{"\xac\xed\x00\x05t\x00\x0f" + first, "that is a Java object;"},
		{"\x0f" + first, "its length stands before it"},
		{"\x00\x0f" + first, "its length stands before it"},
		{"\x0f\x00\x00\x00" + first, "its length stands before it"},
		{"\x00\x00\x00\x00\x00\x00\x00\x0f" + first, "its length stands before it"},
		{"confirm-accio\n", "bare LF, wanted CR LF"},
		{first + again + "\n\n", "bare LF, wanted CR LF"},
		{first + again + "\r\n\n", "bare LF, wanted CR LF"},
		{"confirm-accio\r\r\n", "CR came twice;"},
		{first + again + "\r\nfile", "the empty line is missing;"},
		{first + again + "\r\n\x00\xff", "the empty line is missing;"},
		{first + again + "\r\n\rX", "the empty line is missing;"},
		{"\xff\xf4\xff\xfd\x06", "0xff begins a telnet command"},
		{"\xff\xfe", "0xff begins a telnet command"},
		{"\xff\xfec", "0xff begins a telnet command"},
		{"\xff\xfe\x01\xff", "0xff begins a telnet command"},
		{first + "confirm\xff\xf4", "0xff begins a telnet command"},
		{"confirm-accio\x00", "a NUL byte;"},
		{first + "\x00" + second, "a NUL byte;"},
		{`confirm-accio\r\n`, "a backslash;"},
		{first + `confirm-accio-again\r\n\r\n`, "a backslash;"},
		{"confirm-accio\r\\n", "a backslash;"},
		{protocol.Accio, "that came back as it was sent;"},
		{first + protocol.Accio, "that came back as it was sent;"},
		{first + first, "that has come already;"},
		{second, "that comes later;"},
		{first + "\r\n" + second, "a surplus end of line;"},
		{"\n", "a surplus end of line;"},
		{"\r", "a surplus end of line;"},
		{"Confirm-Accio\r\n", "upper and lower case matter;"},
		{"confirm-accio\r\nCONFIRM", "upper and lower case matter;"},
		{" " + first, "a blank stands before it;"},
		{"\t" + first, "a blank stands before it;"},
		{"confirm-accio \r\n", "a blank stands after it;"},
		{"confirm-accio\t\r\n", "a blank stands after it;"},
		{"confirm-accio" + again, "CR LF is missing here;"},
		{first + "confirm-accio-again!", "CR LF is missing here;"},
		{"the file", `wanted "confirm-accio\r\n", exactly; a file comes only`},
		{"\x0e" + first, `wanted "confirm-accio\r\n", exactly; a file comes only`}, // the length would be 15
		{"\x0fconfirm_accio", `wanted "confirm-accio\r\n", exactly; a file comes only`},
		{"\x0f", `wanted "confirm-accio\r\n", exactly; a file comes only`},
		{first + "the file", `wanted "confirm-accio-again\r\n\r\n", exactly; a file comes only`},
		{"confirm_accio\r\n", `wanted "confirm-accio\r\n", exactly`},
		{"confirm-accio\rX", `wanted "confirm-accio\r\n", exactly`},
		{`confirm\accio`, `wanted "confirm-accio\r\n", exactly`},
		{"co ", `wanted "confirm-accio\r\n", exactly`},
		{"co\r", `wanted "confirm-accio\r\n", exactly`},
	}
	told := map[int]int{}
	for _, test := range tests {
		p := playServer(t, func(peer *explore.Conn, _ context.CancelFunc) { peer.Arrive(test.sent) })
		if p.Event != fsm.Mismatched || !strings.HasPrefix(p.Hint, test.hint) {
			t.Errorf("%q: %s, want %s", test.sent, p.Explanation(), test.hint)
		}
		text := quote(protocol.Server.Activity(p.From).Text)
		told[slices.IndexFunc(mistakes, func(m mistake) bool { return strings.ReplaceAll(m.hint, wanted, text) == p.Hint })]++
	}
	if len(tests) != 61 || len(told) != len(mistakes)+1 || told[-1] != 10 {
		t.Errorf("%d tests of %d hints, %d of them of no mistake; want 61 of all %d and 10 of none", len(tests), len(told), told[-1], len(mistakes))
	}
}

// Whatever a table wants and whatever comes, there is a hint, and it names no
// byte that is not there.
func TestHintsOfAnyText(t *testing.T) {
	pieces := []string{"", "x", "\x00", "\xff", "\xfe", "\r", "\n", "\\", "x\r\n", "\r\n\r\n", strings.Repeat("x", shown)}
	hints := 0
	for _, want := range pieces[1:] {
		table := protocol.Server.Clone()
		table.Activities[1].Text = want
		for _, a := range pieces {
			for _, b := range pieces {
				arrived := a + b
				at := 0
				for at < min(len(want), len(arrived)) && want[at] == arrived[at] {
					at++
				}
				if at == min(len(want), len(arrived)) {
					continue
				}
				hints++
				if newMismatch(&table, table.Activities[1], arrived, at).hint() == "" {
					t.Errorf("no hint for %q where %q is wanted", arrived, want)
				}
			}
		}
	}
	if hints != 1033 {
		t.Errorf("%d hints, want 1033", hints)
	}
}

// A text that what was wanted begins with is not meant by what begins with both.
func TestHintsOfTextsThatBeginAlike(t *testing.T) {
	table := protocol.Server.Clone()
	table.Activities[1].Text, table.Activities[3].Text = "confirm", "confirm again"
	for arrived, want := range map[string]string{
		"confirm!":        `wanted "confirm again", exactly`,
		"confirm ag!":     `wanted "confirm again", exactly`,
		"confirm\x00gain": "a NUL byte; the one that ends a string in C is no part of the text: send strlen() bytes, not sizeof",
	} {
		at := 0
		for arrived[at] == table.Activities[3].Text[at] {
			at++
		}
		if got := newMismatch(&table, table.Activities[3], arrived, at).hint(); got != want {
			t.Errorf("%q: %s, want %s", arrived, got, want)
		}
	}
}

// Hints go by the table: what the client is told of a server's mistakes.
func TestMistakesOfAServerAreNamed(t *testing.T) {
	for sent, hint := range map[string]string{
		"HTTP/1.1 400 Bad Request\r\n": `that is HTTP; wanted "accio\r\n"`,
		"SSH-2.0-OpenSSH_9.9\r\n":      `that is SSH; wanted "accio\r\n"`,
		"accio\n":                      "bare LF, wanted CR LF",
		"ACCIO\r\n":                    `upper and lower case matter; wanted "accio\r\n", exactly`,
		"hello":                        `wanted "accio\r\n", exactly`,
		protocol.Confirm1:              `wanted "accio\r\n", exactly`, // which the client has not sent yet
	} {
		p := playClient(t, strings.NewReader("file"), func(peer *explore.Conn, _ context.CancelFunc) { peer.Arrive(sent) })
		if p.Event != fsm.Mismatched || p.Hint != hint {
			t.Errorf("%q: %s, want %s", sent, p.Explanation(), hint)
		}
	}
	echo := playClient(t, strings.NewReader("file"), func(peer *explore.Conn, _ context.CancelFunc) {
		peer.Arrive(protocol.Accio)
		synctest.Wait()
		peer.Arrive(peer.Said())
	})
	if want := `that came back as it was sent; the answer to it is "accio\r\n"`; echo.Hint != want {
		t.Errorf("%s, want %s", echo.Explanation(), want)
	}
}

// §8.7: what has arrived is shown, 40 bytes at most, the wrong one marked.
func TestWhatHasArrivedIsShown(t *testing.T) {
	long := strings.Repeat("0123456789", 10)
	for _, test := range []struct{ sent, received, text string }{
		{"X", "X", `received >> "X", hex >> 58`},
		{"conX\x1b\xff", "conX\x1b\xff", `received "con" >> "X\x1b\xff", hex 63 6f 6e >> 58 1b ff`},
		{"\xc3\xbc\"\\\t", "\xc3\xbc\"\\\t", `received >> "\xc3\xbc\"\\\t", hex >> c3 bc 22 5c 09`},
		{protocol.Confirm1 + "con" + long, "con" + long[:37], `received "con" >> "` + long[:37] + `", hex 63 6f 6e >> 30 31 `},
	} {
		for _, limit := range []int{0, 1, 7} {
			p := playServer(t, func(peer *explore.Conn, _ context.CancelFunc) { peer.Arrive(test.sent) },
				func(s *session) { s.conn.(*explore.Conn).Limit(limit) })
			if p.Event != fsm.Mismatched || p.Received != test.received || !strings.Contains(p.Explanation(), "("+test.text) {
				t.Errorf("%q, %d bytes a call: received %q: %s; want %s", test.sent, limit, p.Received, p.Explanation(), test.text)
			}
		}
	}

	table := protocol.Server.Clone()
	table.Activities[1].Text = long
	sent := long[:60] + "X" + long
	p := play(t, &table, func(peer *explore.Conn, _ context.CancelFunc) { peer.Arrive(sent) })
	if want := sent[40:80]; p.Right != 20 || p.Received != want {
		t.Errorf("received %q, %d right; want %q and 20", p.Received, p.Right, want)
	}
}

// What comes with a wrong byte is taken without waiting and changes nothing:
// neither the event nor when it was, nor is an error asked for twice.
func TestTheRestIsOverheard(t *testing.T) {
	for _, follows := range []struct {
		name string
		do   func(*explore.Conn, context.CancelFunc)
	}{
		{"nothing", func(*explore.Conn, context.CancelFunc) {}},
		{"the end", func(peer *explore.Conn, _ context.CancelFunc) { peer.End() }},
		{"a reset", func(peer *explore.Conn, _ context.CancelFunc) { peer.Reset() }},
	} {
		errors, last := 0, time.Time{}
		p := playServer(t, func(peer *explore.Conn, stop context.CancelFunc) {
			time.Sleep(time.Second)
			peer.Arrive("con")
			synctest.Wait()
			peer.Arrive("X and more")
			follows.do(peer, stop)
		}, func(s *session) { s.conn = &errorCounter{s.conn.(*explore.Conn), &errors, &last} })
		p.wantEnd(t, protocol.AwaitConfirm1, fsm.Mismatched, time.Second)
		if waited := last.Sub(p.Started) - time.Second; p.Received != "conX and more" || errors != 1 || waited != 0 {
			t.Errorf("followed by %s: received %q, %d errors read, waited for %s", follows.name, p.Received, errors, waited)
		}
	}
}

// errorCounter counts the errors that Read returns, and notes when the last was.
type errorCounter struct {
	*explore.Conn
	errors *int
	last   *time.Time
}

func (c *errorCounter) Read(p []byte) (int, error) {
	n, err := c.Conn.Read(p)
	if err != nil {
		*c.errors++
		*c.last = time.Now()
	}
	return n, err
}

// On both paths, and although more has arrived than is shown.
func TestWhatHasArrivedIsShownOverTCP(t *testing.T) {
	sent := protocol.Confirm1 + "confirm-accio\n" + strings.Repeat("file", 1000)
	eachPath(t, func(t *testing.T, path string) {
		r := start(t, path, &Server{Table: &protocol.Server})
		first := r.dial() // keeps the server until the other has sent everything
		first.expect(protocol.Accio)
		c := r.dial()
		c.send(sent)
		first.Close()
		r.wantError(protocol.AwaitConfirm1, fsm.Closed)
		got := r.next()
		if want := sent[len(protocol.Confirm1):][:shown]; got.Event != fsm.Mismatched || got.Received != want || got.Right != 13 {
			t.Errorf("%s; received %q, want %q", got.Explanation(), got.Received, want)
		}
	})
}
