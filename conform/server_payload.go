package conform

import (
	"strconv"
	"strings"
	"time"

	"accio/protocol"
)

// payloads are files that a server must count, whatever is in them.
func payloads() []struct{ slug, title, text string } {
	var all strings.Builder
	for b := range 256 {
		all.WriteByte(byte(b))
	}
	return []struct{ slug, title, text string }{
		{"empty", "The file is empty", ""},
		{"one-byte", "The file has one byte", "x"},
		{"500-bytes", "The file has 500 bytes", strings.Repeat("0123456789", 50)},
		{"begins-with-crlf", "The file begins with CR LF", "\r\n\r\nabc"},
		{"looks-like-protocol", "The file looks like the protocol", protocol.Accio + protocol.Confirm1 + protocol.Confirm2 + protocol.Accio},
		{"not-utf8", "The file has every byte there is, and is no UTF-8", all.String()},
		{"nul-bytes", "The file is nine NUL bytes", strings.Repeat("\x00", 9)},
		{"looks-like-an-end", "The file has what looks like an end: Ctrl-D, Ctrl-Z, EOF", "abc\x04\x1aEOF\r\n.\r\nxyz"},
	}
}

func serverPayload() (cases []Case) {
	for _, f := range payloads() {
		cases = append(cases, Case{ID: "server/Streaming/closed/" + f.slug, Title: f.title, Claims: []string{"1.5", "1.6"}, Level: Required, Weight: 2, need: output,
			server: func(t *serverTry) { t.sends(f.text) }})
	}
	return append(cases,
		Case{ID: "server/Streaming/closed/10-mib", Title: "The file has 10 MiB", Claims: []string{"1.5"}, Level: Required, Weight: 3, need: output,
			server: func(t *serverTry) { t.streams(10<<20, 0) }},
		Case{ID: "server/Streaming/closed/1-gib", Title: "The file has 1 GiB, and the server stays below 64 MiB of memory", Claims: []string{"1.5"}, Level: Required, Weight: 2, need: output | large | linux, seconds: 2,
			server: func(t *serverTry) { t.streams(1<<30, 64<<20) }},
		Case{ID: "server/Streaming/closed/5-gib", Title: "The file has 5 GiB, more than 32 bits count", Claims: []string{"1.5"}, Level: Required, Weight: 1, need: output | large, seconds: 3,
			server: func(t *serverTry) { t.streams(5<<30, 0) }},
		Case{ID: "server/Streaming/closed/glued", Title: "The file begins in one piece with the second confirmation, whatever it begins with", Claims: []string{"1.6", "1.8"}, Level: Required, Weight: 2, need: output,
			server: func(t *serverTry) {
				for _, f := range payloads() {
					p := t.dial().reach(protocol.AwaitConfirm2)
					p.send(protocol.Confirm2 + f.text)
					p.endStream()
					t.line("1.6", strconv.Itoa(len(f.text)))
				}
			}},
		Case{ID: "server/Streaming/closed/in-pieces", Title: "The file comes in pieces of many lengths", Claims: []string{"1.5", "1.8"}, Level: Required, Weight: 2, need: output,
			server: func(t *serverTry) {
				p, sum := t.dial().reach(protocol.Streaming), 0
				for _, n := range []int{1, 2, 3, 1460, 1461, 4095, 4096, 4097, 9999, 65535, 65537, 1} {
					p.send(strings.Repeat("z", n))
					p.pause(breath)
					sum += n
				}
				p.endStream()
				t.line("1.5", strconv.Itoa(sum))
			}},
		Case{ID: "server/Streaming/closed/both-directions", Title: "The client closes both directions after the file", Claims: []string{"1.5"}, Level: Required, Weight: 2, need: output,
			server: func(t *serverTry) {
				p := t.dial().reach(protocol.Streaming)
				p.send("1234567")
				p.leave()
				t.line("1.5", "7")
			}},
		Case{ID: "server/Streaming/closed/line-before-close", Title: "A client that has seen the close can rely on the line", Claims: []string{"3.4"}, Level: Strict, Weight: 1, need: output,
			server: func(t *serverTry) {
				for range 5 {
					p := t.dial().reach(protocol.Streaming)
					p.send("12")
					p.endStream()
					p.ends("3.4", "the server to close after the end of the stream", t.patience)
					// What was written is in the pipe, and comes to us as soon as we run.
					t.lineWithin("3.4", "2", t.patience/10)
				}
			}},
		Case{ID: "server/Streaming/closed/one-line-each", Title: "Each connection has one line, in order, and nothing else is on standard output", Claims: []string{"3.1"}, Level: Required, Weight: 2, need: process | output,
			server: func(t *serverTry) {
				for _, n := range []int{3, 0, 12} {
					t.sends(strings.Repeat("x", n))
				}
				t.pause(moment)
				t.noMore("3.1")
			}},
		Case{ID: "server/Streaming/closed/reset-after-the-end", Title: "A reset after the end of the stream changes nothing", Claims: []string{"1.12"}, Level: Strict, Weight: 1, need: output,
			server: func(t *serverTry) {
				p := t.dial().reach(protocol.Streaming)
				p.send("123456")
				p.endStream()
				t.line("1.12", "6")
				p.reset()
				t.serves()
			}},
		Case{ID: "server/Streaming/closed/urgent", Title: "Urgent data is ordinary data, in its place", Claims: []string{"1.11"}, Level: Strict, Weight: 1, need: output | linux,
			server: func(t *serverTry) {
				p := t.dial().reach(protocol.Streaming)
				p.send("ab")
				p.urgent('!')
				p.pause(breath)
				p.send("cd")
				p.endStream()
				t.line("1.11", "5")
			}},
		Case{ID: "server/Streaming/failed/reset", Title: "A reset in the middle of the file is an error, and the next client is served", Claims: []string{"3.2"}, Level: Required, Weight: 2, need: output,
			server: func(t *serverTry) {
				p := t.dial().reach(protocol.Streaming)
				p.bulk(100_000)
				p.pause(moment)
				p.reset()
				t.line("3.2", "ERROR")
				t.serves()
			}},
		Case{ID: "server/Streaming/failed/reset-at-the-beginning", Title: "A reset before the first byte of the file is an error", Claims: []string{"3.2"}, Level: Strict, Weight: 1, need: output,
			server: func(t *serverTry) {
				p := t.dial().reach(protocol.Streaming)
				p.pause(moment)
				p.reset()
				t.line("3.2", "ERROR")
				t.serves()
			}},
	)
}

// streams sends a large file. The memory is looked at if there is a limit.
func (t *serverTry) streams(size, memory int64) {
	p := t.dial().reach(protocol.Streaming)
	p.bulk(size)
	p.endStream()
	const rate = 20 << 20 // bytes a second, which is slow
	t.lineWithin("1.5", strconv.FormatInt(size, 10), 2*t.patience+time.Duration(size/rate)*time.Second)
	if used := t.program.Status().Memory; memory > 0 && used > memory {
		t.fail("1.5", "less than "+strconv.FormatInt(memory>>20, 10)+" MiB of memory, as nothing is kept", "%d MiB", used>>20)
	}
}
