package conform

import (
	"strings"
	"time"

	"accio/fsm"
	"accio/protocol"
)

// commands are the two states in which a client awaits one.
var commands = []fsm.State{protocol.AwaitAccio1, protocol.AwaitAccio2}

const sample = "the file\r\n"

// confirmed goes on after the command of a state was sent.
func (t *clientTry) confirmed(p *peer, s fsm.State) {
	if s == protocol.AwaitAccio1 {
		p.gets(protocol.AwaitConfirm1)
		p.send(protocol.Accio)
	}
	p.gets(protocol.AwaitConfirm2)
	t.finish(p, sample)
}

func clientCommands() (cases []Case) {
	for _, s := range commands {
		at := func(t *clientTry) *peer { return t.begin(t.file(sample)).arrive(s) }
		cases = append(cases,
			Case{ID: clientID(s, protocol.Commanded, "every-cut"), Title: "The command arrives in two pieces, cut at every byte", Claims: []string{"1.8", "7.1"}, Level: Strict, Weight: 2,
				client: func(t *clientTry) {
					for cut := 1; cut < len(protocol.Accio); cut++ {
						if cut > 1 {
							t.restart()
						}
						p := at(t)
						p.pieces(breath, protocol.Accio[:cut], protocol.Accio[cut:])
						t.confirmed(p, s)
					}
				}},
			Case{ID: clientID(s, protocol.Commanded, "byte-by-byte"), Title: "The command arrives byte by byte", Claims: []string{"1.8", "7.1"}, Level: Strict, Weight: 1,
				client: func(t *clientTry) {
					p := at(t)
					p.pieces(breath, strings.Split(protocol.Accio, "")...)
					t.confirmed(p, s)
				}},
			Case{ID: clientID(s, protocol.Commanded, "not-before"), Title: "The client sends nothing before the command has come", Claims: []string{"7.1"}, Level: Strict, Weight: 1,
				client: func(t *clientTry) {
					p := at(t)
					p.silent("7.1", "nothing before the command", 2*moment)
					p.send(protocol.Accio)
					t.confirmed(p, s)
				}},
			Case{ID: clientID(s, protocol.Commanded, "just-within-the-limit"), Title: "The command comes after a time that is just shorter than the limit", Claims: []string{"7.3"}, Level: Required, Weight: 2, seconds: 1,
				client: func(t *clientTry) {
					p := at(t)
					since := p.begun
					p.bears("7.3", "the client to wait within its limit", t.within())
					p.send(protocol.Accio)
					p.inTime(since, t.nearly())
					if s == protocol.AwaitAccio1 {
						if !p.answers() {
							p.send(protocol.Accio)
						}
						p.gets(protocol.AwaitConfirm1)
					} else {
						p.gets(protocol.AwaitConfirm2)
					}
				}},
			Case{ID: clientID(s, fsm.Mismatched, "every-byte"), Title: "Each byte of the command is wrong once: the client fails", Claims: []string{"1.7", "7.4"}, Level: Strict, Weight: 1,
				client: func(t *clientTry) {
					for i := range len(protocol.Accio) {
						if i > 0 {
							t.restart()
						}
						wrong := []byte(protocol.Accio)
						wrong[i] ^= 0x20
						p := at(t)
						p.send(string(wrong))
						t.refuses(p)
					}
				}},
			Case{ID: clientID(s, fsm.Closed, "nothing"), Title: "The server ends its side in place of the command: the client fails", Claims: []string{"7.1", "7.4"}, Level: Required, Weight: 1,
				client: func(t *clientTry) {
					p := at(t)
					p.endStream()
					t.refuses(p)
				}},
			Case{ID: clientID(s, fsm.Closed, "within"), Title: "The server closes within the command: the client fails", Claims: []string{"7.1", "7.4"}, Level: Required, Weight: 1,
				client: func(t *clientTry) {
					p := at(t)
					p.send(protocol.Accio[:4])
					p.leave()
					t.fails()
				}},
			Case{ID: clientID(s, fsm.Failed, "reset"), Title: "The server resets in place of the command: the client fails", Claims: []string{"7.1", "7.4"}, Level: Required, Weight: 1,
				client: func(t *clientTry) {
					p := at(t)
					p.pause(breath)
					p.reset()
					t.fails()
				}},
			Case{ID: clientID(s, fsm.TimedOut, "silence"), Title: "No command comes: the client fails when its limit is over, not before", Claims: []string{"7.3", "7.4"}, Level: Required, Weight: 2, seconds: 1,
				client: func(t *clientTry) { t.givesUp(at(t).begun) }},
			Case{ID: clientID(s, fsm.TimedOut, "within"), Title: "The command stops in the middle: the client fails when its limit is over", Claims: []string{"7.3", "7.4"}, Level: Required, Weight: 1, seconds: 1,
				client: func(t *clientTry) {
					p := at(t)
					p.send(protocol.Accio[:3])
					t.givesUp(p.begun)
				}},
		)
		for _, m := range []wrong{
			{"bare-lf", "The command ends with a bare LF: the client fails", "accio\n\n"},
			{"wrong-case", "The command is in upper case: the client fails", "ACCIO\r\n"},
			{"empty-line-before", "An empty line stands before the command: the client fails", "\r\n" + protocol.Accio},
			{"http", "An HTTP server answers: the client fails", "HTTP/1.1 400 Bad Request\r\n\r\n"},
		} {
			cases = append(cases, Case{ID: clientID(s, fsm.Mismatched, m.slug), Title: m.title, Claims: []string{"1.7", "7.4"}, Level: Strict, Weight: 1,
				client: func(t *clientTry) {
					p := at(t)
					p.send(m.text)
					t.refuses(p)
				}})
		}
		cases = append(cases, clientShutdown(s, at)...)
	}
	return append(cases,
		Case{ID: clientID(protocol.AwaitAccio2, fsm.Mismatched, "early"), Title: "The server sends both commands at once: it does not wait, and the client refuses it", Claims: []string{"7.10"}, Level: Strict, Weight: 1,
			client: func(t *clientTry) {
				p := t.begin(t.file(sample))
				p.send(protocol.Accio + protocol.Accio)
				t.refuses(p)
			}},
	)
}

// clientShutdown are the signals to a client in a state: it fails, and resets the
// connection, so that what the server has is no file.
func clientShutdown(s fsm.State, at func(*clientTry) *peer) (cases []Case) {
	for _, name := range []string{"sigint", "sigterm"} {
		cases = append(cases, Case{ID: clientID(s, fsm.Shutdown, name), Title: "A signal: the client fails, and resets the connection", Claims: []string{"7.7", "7.4"}, Level: Strict, Weight: 1, need: linux,
			client: func(t *clientTry) {
				p := at(t)
				p.pause(settle)
				t.signal(endingSignals[name])
				t.failsAtOnce(p)
				p.breaks("7.7", "a reset, so that what has come is no whole file")
			}})
	}
	return cases
}

// stops expects the connection to be ended, and nothing to come before.
func (p *peer) stops(claim, wanted string) {
	got, err := p.read(1, p.patience, nil)
	switch {
	case got != "":
		p.fail(claim, wanted, "%s", quote(got+p.rest()))
	case isLate(err):
		p.late(claim, wanted, "nothing for %s", p.patience)
	}
}

// breaks expects the connection to be broken, whatever has come before.
func (p *peer) breaks(claim, wanted string) {
	block := make([]byte, 1<<16)
	for {
		p.conn.SetReadDeadline(time.Now().Add(p.patience))
		_, err := p.conn.Read(block)
		switch {
		case err == nil:
		case isEnd(err):
			p.fail(claim, wanted, "the end of the stream, as after a whole file")
		case isLate(err):
			p.late(claim, wanted, "nothing for %s", p.patience)
		default:
			p.note("server ← client  reset")
			return
		}
	}
}

func clientConfirms() []Case {
	confirm := func(s fsm.State) func(*clientTry) {
		return func(t *clientTry) {
			p := t.begin(t.file(sample))
			p.send(protocol.Accio)
			p.gets(protocol.AwaitConfirm1)
			if s == protocol.SendConfirm1 {
				p.silent("7.1", "nothing after the first confirmation, before the second command", moment)
			}
			p.send(protocol.Accio)
			p.gets(protocol.AwaitConfirm2)
			t.finish(p, sample)
		}
	}
	broken := func(s fsm.State) func(*clientTry) {
		return func(t *clientTry) {
			p := t.begin(t.file(strings.Repeat("x", 1<<20)))
			if s == protocol.SendConfirm2 {
				p.arrive(protocol.AwaitAccio2)
			}
			p.send(protocol.Accio)
			p.reset()
			t.fails()
		}
	}
	return []Case{
		{ID: clientID(protocol.SendConfirm1, protocol.Sent, "at-once"), Title: "The first command is confirmed at once, and nothing follows before the second", Claims: []string{"1.2", "7.1"}, Level: Strict, Weight: 3,
			client: confirm(protocol.SendConfirm1)},
		{ID: clientID(protocol.SendConfirm1, fsm.Failed, "reset"), Title: "The server resets behind the first command: the client fails", Claims: []string{"7.1", "7.4"}, Level: Required, Weight: 1,
			client: broken(protocol.SendConfirm1)},
		{ID: clientID(protocol.SendConfirm2, protocol.Sent, "with-its-empty-line"), Title: "The second command is confirmed, with the empty line that belongs to it", Claims: []string{"1.4", "7.1"}, Level: Required, Weight: 3,
			client: func(t *clientTry) { t.finish(t.begin(t.file(sample)).arrive(protocol.SendFile), sample) }},
		{ID: clientID(protocol.SendConfirm2, fsm.Failed, "reset"), Title: "The server resets behind the second command: the client fails", Claims: []string{"7.1", "7.4"}, Level: Required, Weight: 1,
			client: broken(protocol.SendConfirm2)},
	}
}
