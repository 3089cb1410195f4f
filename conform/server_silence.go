package conform

import (
	"time"

	"accio/fsm"
	"accio/protocol"
)

// within is a silence that the program has to bear.
func (t *try) within() time.Duration { return t.idle * 9 / 10 }

// nearly is where a silence may already be too long.
func (t *try) nearly() time.Duration { return t.idle * 98 / 100 }

// early is how much before its limit a program ends nothing.
func (t *try) early() time.Duration { return t.idle * 95 / 100 }

// stuck is a place where a client stops.
type stuck struct {
	state fsm.State
	slug  string
	title string
	sent  string // there, before it stops
}

func places() []stuck {
	return []stuck{
		{protocol.AwaitConfirm1, "silence", "The client sends nothing in place of the first confirmation", ""},
		{protocol.AwaitConfirm1, "within", "The client stops within the first confirmation", protocol.Confirm1[:8]},
		{protocol.AwaitConfirm2, "silence", "The client sends nothing in place of the second confirmation", ""},
		{protocol.AwaitConfirm2, "within", "The client stops before the empty line of the second confirmation", protocol.Confirm2[:21]},
		{protocol.Streaming, "silence", "The client sends nothing of the file, and does not end it", ""},
		{protocol.Streaming, "within", "The client stops within the file", "some of the file"},
	}
}

func serverSilence() (cases []Case) {
	for _, s := range places() {
		cases = append(cases, Case{ID: "server/" + string(s.state) + "/timedout/" + s.slug,
			Title: s.title + ": after the idle limit it is given up, not before", Claims: []string{"4.1", "4.2"}, Level: Required, Weight: 2, seconds: 1,
			server: func(t *serverTry) {
				p := t.dial().reach(s.state)
				if s.sent != "" {
					p.send(s.sent)
				}
				if took := p.ends("4.1", "the server to end the connection when the idle limit is over", t.idle+t.patience); took < t.early() {
					t.fail("4.1", "the server to wait for "+t.idle.String(), "the end after %s", took.Round(time.Millisecond))
				}
				t.line("3.2", "ERROR")
				t.serves()
			}})
	}
	return append(cases,
		Case{ID: "server/Streaming/closed/just-within-the-limit", Title: "The file comes after a pause that is just shorter than the idle limit", Claims: []string{"4.1"}, Level: Required, Weight: 2, seconds: 1,
			server: func(t *serverTry) {
				p := t.dial().reach(protocol.Streaming)
				since := p.begun
				p.bears("4.1", "the connection to stay open within the idle limit", t.within())
				p.send("abc")
				p.inTime(since, t.nearly())
				p.endStream()
				t.line("4.1", "3")
			}},
		Case{ID: "server/Streaming/closed/drip", Title: "A client that is slow, but never silent for the idle limit, is served to its end", Claims: []string{"4.2"}, Level: Required, Weight: 2, seconds: 1.5,
			server: func(t *serverTry) {
				p := t.dial().reach(protocol.Streaming)
				for range 3 {
					since := p.begun
					p.bears("4.2", "the connection to stay open while bytes arrive", t.idle/2)
					p.send("x")
					p.inTime(since, t.nearly())
				}
				p.endStream()
				t.line("4.2", "3")
			}},
		Case{ID: "server/AwaitConfirm2/confirmed/drip", Title: "A client that is slow in all of the header, but never silent for the idle limit, is served", Claims: []string{"4.2"}, Level: Required, Weight: 1, seconds: 1.6,
			server: func(t *serverTry) {
				p := t.dial().reach(protocol.AwaitConfirm1)
				wait := func() {
					since := p.begun
					p.bears("4.2", "the connection to stay open while bytes arrive", t.idle*2/5)
					p.inTime(since, t.nearly())
				}
				wait()
				p.send(protocol.Confirm1[:3])
				wait()
				p.send(protocol.Confirm1[3:])
				p.gets(protocol.AwaitAccio2)
				wait()
				p.send(protocol.Confirm2[:22])
				wait()
				p.send(protocol.Confirm2[22:] + "abc")
				p.endStream()
				t.line("4.2", "3")
			}},
		Case{ID: "server/Streaming/timedout/after-much", Title: "Silence is measured from the last byte, not from the beginning", Claims: []string{"4.2"}, Level: Required, Weight: 1, seconds: 1.6,
			server: func(t *serverTry) {
				p := t.dial().reach(protocol.Streaming)
				since := p.begun
				p.bears("4.2", "the connection to stay open within the idle limit", t.idle*3/5)
				p.bulk(300_000)
				p.inTime(since, t.nearly())
				if took := p.ends("4.1", "the server to end the connection when the idle limit is over", t.idle+t.patience); took < t.early() {
					t.fail("4.2", "the server to wait for "+t.idle.String()+" from the last byte", "the end after %s", took.Round(time.Millisecond))
				}
				t.line("3.2", "ERROR")
			}},
		Case{ID: "server/Streaming/closed/while-stopped", Title: "What arrives while the process is stopped for longer than the limit is not lost", Claims: []string{"2.5", "2.4"}, Level: Strict, Weight: 1, need: process | linux, seconds: 1.2,
			server: func(t *serverTry) {
				p := t.dial().reach(protocol.Streaming)
				p.pause(moment)
				t.signal(stopSignal)
				p.send("12345")
				p.endStream()
				p.pause(t.idle * 11 / 10)
				t.signal(continueSignal)
				t.line("2.5", "5")
			}},
	)
}
