package conform

import (
	"fmt"
	"strings"
	"time"

	"accio/fsm"
	"accio/protocol"
	"accio/transport"
)

// A moment is long for a program that waits, and short for people.
const moment = 200 * time.Millisecond

// breath is between the pieces of what arrives in pieces.
const breath = 15 * time.Millisecond

func serverCommands() []Case {
	return []Case{
		{ID: "server/SendAccio1/sent/at-once", Title: "A client that says nothing gets the first command at once", Claims: []string{"1.1"}, Level: Required, Weight: 3,
			server: func(t *serverTry) {
				p := t.dial()
				p.gets(protocol.AwaitAccio1)
				p.silent("1.3", "nothing after the first command, before it is confirmed", moment)
			}},
		{ID: "server/SendAccio1/sent/every-interface", Title: "It listens on every interface, 127.0.0.2 among them", Claims: []string{"6.1"}, Level: Required, Weight: 1, need: process | linux,
			server: func(t *serverTry) {
				t.start()
				for _, host := range []string{"127.0.0.1", "127.0.0.2"} {
					t.dialAt(host).reach(protocol.AwaitConfirm1).leave()
				}
				for _, address := range t.where() {
					if strings.Trim(address, "0") == "" {
						return
					}
				}
				t.fail("6.1", "it to listen on 0.0.0.0", "%s", strings.Join(t.where(), ", "))
			}},
		{ID: "server/SendAccio1/failed/reset-while-waiting", Title: "A client that resets while it waits for its turn is no harm to the next, and has a line", Claims: []string{"5.3", "3.1"}, Level: Strict, Weight: 1, need: output,
			server: func(t *serverTry) {
				first := t.dial().reach(protocol.AwaitConfirm1)
				t.dial().reset()
				third := t.dial()
				third.silent("5.2", "nothing for a client before its turn", moment)
				first.send(protocol.Confirm1)
				first.gets(protocol.AwaitAccio2)
				first.send(protocol.Confirm2 + "12")
				first.endStream()
				t.line("1.5", "2")
				t.line("3.1", "ERROR")
				third.reach(protocol.Streaming).endStream()
				t.line("1.5", "0")
			}},
		{ID: "server/SendAccio2/sent/after-the-first-confirmation", Title: "The second command comes after the first confirmation, and nothing before the second", Claims: []string{"1.3"}, Level: Required, Weight: 3,
			server: func(t *serverTry) {
				p := t.dial().reach(protocol.AwaitConfirm1)
				p.silent("1.3", "nothing before the first confirmation", moment)
				p.send(protocol.Confirm1)
				p.gets(protocol.AwaitAccio2)
				p.silent("1.4", "nothing before the second confirmation", moment)
			}},
		{ID: "server/SendAccio2/sent/not-before-the-last-byte", Title: "A confirmation that lacks its last byte is not answered yet", Claims: []string{"1.2", "1.3"}, Level: Required, Weight: 2,
			server: func(t *serverTry) {
				p := t.dial().reach(protocol.AwaitConfirm1)
				last := len(protocol.Confirm1) - 1
				p.send(protocol.Confirm1[:last])
				p.silent("1.3", "nothing before the whole of the first confirmation", moment)
				p.send(protocol.Confirm1[last:])
				p.gets(protocol.AwaitAccio2)
			}},
		{ID: "server/SendAccio2/failed/reset-behind-the-confirmation", Title: "A client that resets right behind its first confirmation is an error, and the next is served", Claims: []string{"3.2"}, Level: Strict, Weight: 1, need: output,
			server: func(t *serverTry) {
				p := t.dial().reach(protocol.AwaitConfirm1)
				p.send(protocol.Confirm1)
				p.reset()
				t.line("3.2", "ERROR")
				t.serves()
			}},
	}
}

// confirmation is one of the two that the server awaits.
type confirmation struct {
	state fsm.State
	text  string
	claim string
}

func confirmations() []confirmation {
	var list []confirmation
	for _, s := range []fsm.State{protocol.AwaitConfirm1, protocol.AwaitConfirm2} {
		list = append(list, confirmation{s, protocol.Server.Activity(s).Text, step[s]})
	}
	return list
}

// id names a case of the confirmation's state.
func (c confirmation) id(e fsm.Event, what string) string {
	return fmt.Sprintf("server/%s/%s/%s", c.state, e, what)
}

// finish goes on with a good session after the confirmation was sent.
func (c confirmation) finish(t *serverTry, p *peer, claim string) {
	if c.state == protocol.AwaitConfirm1 {
		p.gets(protocol.AwaitAccio2)
		p.send(protocol.Confirm2)
	}
	p.send("abc")
	p.endStream()
	t.line(claim, "3")
	p.ends("3.4", "the server to close after the end of the stream", t.patience)
}

func serverConfirms() (cases []Case) {
	for _, c := range confirmations() {
		cases = append(cases,
			Case{ID: c.id(protocol.Confirmed, "every-cut"), Title: "It arrives in two pieces, cut at every byte", Claims: []string{"1.8", c.claim}, Level: Required, Weight: 2,
				server: func(t *serverTry) {
					for cut := 1; cut < len(c.text); cut++ {
						p := t.dial().reach(c.state)
						p.pieces(breath, c.text[:cut], c.text[cut:])
						c.finish(t, p, "1.8")
					}
				}},
			Case{ID: c.id(protocol.Confirmed, "byte-by-byte"), Title: "It arrives byte by byte", Claims: []string{"1.8", c.claim}, Level: Required, Weight: 2,
				server: func(t *serverTry) {
					p := t.dial().reach(c.state)
					p.pieces(breath, strings.Split(c.text, "")...)
					c.finish(t, p, "1.8")
				}},
			Case{ID: c.id(protocol.Confirmed, "just-within-the-limit"), Title: "Its two halves come with a pause that is just shorter than the idle limit", Claims: []string{"4.1", "4.2"}, Level: Required, Weight: 2, seconds: 1,
				server: func(t *serverTry) {
					p := t.dial().reach(c.state)
					p.send(c.text[:5])
					since := p.begun
					p.bears("4.1", "the connection to stay open within the idle limit", t.within())
					p.send(c.text[5:])
					p.inTime(since, t.nearly())
					c.finish(t, p, "4.1")
				}},
			Case{ID: c.id(fsm.Mismatched, "every-byte"), Title: "Each of its bytes is wrong once, and no more is sent", Claims: []string{"1.7"}, Level: Strict, Weight: 2,
				server: func(t *serverTry) {
					for at := range len(c.text) {
						wrong := []byte(c.text[:at+1])
						wrong[at] ^= 0x01
						t.refuses(c, string(wrong))
					}
				}},
			Case{ID: c.id(fsm.Closed, "nothing"), Title: "The client ends its side in its place", Claims: []string{"3.3"}, Level: Strict, Weight: 1, need: output,
				server: func(t *serverTry) { t.breaks(c, "", (*peer).endStream) }},
			Case{ID: c.id(fsm.Closed, "within"), Title: "The client ends its side within it, at every byte", Claims: []string{"3.3"}, Level: Strict, Weight: 1, need: output,
				server: func(t *serverTry) {
					for cut := 1; cut < len(c.text); cut++ {
						t.breaks(c, c.text[:cut], (*peer).endStream)
					}
				}},
			Case{ID: c.id(fsm.Failed, "nothing"), Title: "The client resets the connection in its place", Claims: []string{"3.2"}, Level: Strict, Weight: 1, need: output,
				server: func(t *serverTry) { t.breaks(c, "", (*peer).reset) }},
			Case{ID: c.id(fsm.Failed, "within"), Title: "The client resets the connection within it", Claims: []string{"3.2"}, Level: Strict, Weight: 1, need: output,
				server: func(t *serverTry) { t.breaks(c, c.text[:6], (*peer).reset) }},
			Case{ID: c.id(fsm.Failed, "goes-on"), Title: "Whether a client leaves or resets, the next one is served", Claims: []string{"5.1"}, Level: Required, Weight: 2,
				server: func(t *serverTry) {
					for _, text := range []string{"", c.text[:6]} {
						for _, leave := range []func(*peer){(*peer).leave, (*peer).reset} {
							p := t.dial().reach(c.state)
							if text != "" {
								p.send(text)
							}
							leave(p)
						}
					}
					t.dial().reach(protocol.Streaming)
				}},
		)
		for _, m := range mistakesIn(c) {
			cases = append(cases, Case{ID: c.id(fsm.Mismatched, m.slug), Title: m.title, Claims: []string{"1.7", "3.2"}, Level: Required, Weight: 1,
				server: func(t *serverTry) {
					t.refuses(c, m.text)
					t.serves()
				}})
		}
	}
	first := confirmations()[0]
	return append(cases,
		Case{ID: first.id(protocol.Confirmed, "early"), Title: "The first confirmation is sent before the command has been read", Claims: []string{"1.9"}, Level: Strict, Weight: 1,
			server: func(t *serverTry) {
				p := t.dial()
				p.send(first.text)
				p.gets(protocol.AwaitAccio1)
				p.gets(protocol.AwaitAccio2)
				p.send(protocol.Confirm2)
				p.endStream()
				t.line("1.9", "0")
			}},
		Case{ID: first.id(protocol.Confirmed, "both-early"), Title: "Both confirmations and the file come in one piece", Claims: []string{"1.9", "1.8"}, Level: Strict, Weight: 1,
			server: func(t *serverTry) {
				p := t.dial()
				p.send(protocol.Confirm1 + protocol.Confirm2 + "12345")
				p.endStream()
				p.gets(protocol.AwaitAccio1)
				p.gets(protocol.AwaitAccio2)
				t.line("1.9", "5")
				p.ends("3.4", "the server to close after the end of the stream", t.patience)
			}},
	)
}

type wrong struct{ slug, title, text string }

// mistakesIn are what people send in place of a confirmation.
func mistakesIn(c confirmation) []wrong {
	bare := strings.ReplaceAll(c.text, "\r\n", "\n")
	list := []wrong{
		{"bare-lf", "Its lines end with a bare LF", bare},
		{"wrong-case", "It is in upper case", strings.ToUpper(c.text)},
		{"other-word", "Another word comes in its place", "hello\r\n"},
		{"blank-before", "A blank stands before it", " " + c.text},
		{"empty-line-before", "An empty line stands before it", "\r\n" + c.text},
		{"blank-after", "A blank stands before the end of its line", strings.Replace(c.text, "\r\n", " \r\n", 1)},
		{"cr-twice", "CR comes twice", strings.Replace(c.text, "\r\n", "\r\r\n", 1)},
		{"quoted", "It stands in quotation marks", `"` + c.text + `"`},
		{"backslashes", `The characters \r\n stand for the end of its line`, strings.ReplaceAll(c.text, "\r\n", `\r\n`)},
		{"nul", "A NUL stands behind its word", strings.Replace(c.text, "\r\n", "\x00\r\n", 1)},
		{"command-sent-back", "The command comes back", protocol.Accio},
		{"http", "It is a request of HTTP", "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"},
		{"no-text", "It is no text", "\xff\xfe\x00\x80\r\n"},
	}
	if c.state == protocol.AwaitConfirm1 {
		return append(list,
			wrong{"second-first", "The second confirmation comes first", protocol.Confirm2})
	}
	return append(list,
		wrong{"first-again", "The first confirmation comes again", protocol.Confirm1},
		wrong{"first-again-with-empty-line", "The first confirmation comes again, and an empty line", protocol.Confirm1 + "\r\n"},
		wrong{"no-empty-line", "The empty line is missing, and the file follows", "confirm-accio-again\r\nfile"},
		wrong{"empty-line-bare-lf", "The empty line is a bare LF", "confirm-accio-again\r\n\nfile"},
		wrong{"surplus-after-the-first", "An empty line stands between the confirmations", "\r\n" + protocol.Confirm2})
}

// refuses expects the end of the connection, and ERROR.
func (t *serverTry) refuses(c confirmation, text string) {
	p := t.dial().reach(c.state)
	p.send(text)
	const wanted = "the server to end the connection at the first wrong byte"
	reason, hint := transport.Explain(&protocol.Server, c.state, fsm.Mismatched, text, 0)
	t.hint = "here " + reason + "; " + hint
	defer func() { t.hint = "" }()
	if took := p.ends("1.7", wanted, t.patience); took >= t.early() {
		t.late("1.7", wanted, "the end when the idle limit was over, after %s", took.Round(time.Millisecond))
	}
	t.line("3.2", "ERROR")
	p.conn.Close()
}

// breaks is a client that goes in place of a confirmation, of which some was sent.
func (t *serverTry) breaks(c confirmation, text string, how func(*peer)) {
	p := t.dial().reach(c.state)
	if text != "" {
		p.send(text)
	}
	how(p)
	t.line("3.3", "ERROR")
	p.conn.Close()
}
