package conform

import (
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"accio/fsm"
	"accio/protocol"
)

func clientFile() (cases []Case) {
	sending := func(t *clientTry, text string) *peer { return t.begin(t.file(text)).arrive(protocol.SendFile) }
	for _, f := range payloads() {
		cases = append(cases, Case{ID: clientID(protocol.SendFile, protocol.Sent, f.slug), Title: f.title, Claims: []string{"7.1", "1.6"}, Level: Required, Weight: 2,
			client: func(t *clientTry) { t.finish(sending(t, f.text), f.text) }})
	}
	cases = append(cases,
		Case{ID: clientID(protocol.SendFile, protocol.Sent, "100-mib"), Title: "The file has 100 MiB", Claims: []string{"7.1"}, Level: Required, Weight: 2, seconds: 0.1,
			client: func(t *clientTry) {
				name := t.sparse(100 << 20)
				p := t.begin(name).arrive(protocol.SendFile)
				p.takes(t.open(name))
				p.leave()
				t.exitsWell("7.4", t.patience)
			}},
		Case{ID: clientID(protocol.SendFile, protocol.Sent, "from-a-pipe"), Title: "The file is a named pipe, whose length nobody knows", Claims: []string{"7.1", "7.9"}, Level: Strict, Weight: 1, need: linux,
			client: func(t *clientTry) {
				name := t.place("pipe")
				makePipe(name)
				// Opened for both directions, it is open before anybody reads.
				pipe, err := os.OpenFile(name, os.O_RDWR, 0)
				if err != nil {
					panic(moot{err.Error()})
				}
				t.cleanup = append(t.cleanup, func() { pipe.Close() })
				pipe.WriteString(sample)
				p := t.begin(name).arrive(protocol.SendFile)
				p.pause(moment)
				pipe.Close()
				t.finish(p, sample)
			}},
		Case{ID: clientID(protocol.SendFile, protocol.Sent, "server-pauses"), Title: "The server takes nothing for a time that is shorter than the limit, and then goes on", Claims: []string{"7.3"}, Level: Required, Weight: 2, seconds: 0.7,
			client: func(t *clientTry) {
				name := t.sparse(32 << 20)
				p := t.begin(name).arrive(protocol.SendFile)
				p.note("the server takes nothing for %s", t.idle*6/10)
				since := time.Now()
				p.pause(t.idle * 6 / 10)
				p.inTime(since, t.nearly())
				p.takes(t.open(name))
				p.leave()
				t.exitsWell("7.4", t.patience)
			}},
		Case{ID: clientID(protocol.SendFile, fsm.TimedOut, "server-takes-nothing"), Title: "The server takes nothing any more: the client fails when its limit is over", Claims: []string{"7.3", "7.4"}, Level: Required, Weight: 2, seconds: 1,
			client: func(t *clientTry) {
				t.givesUp(t.begin(t.sparse(64 << 20)).arrive(protocol.SendFile).begun)
			}},
		Case{ID: clientID(protocol.SendFile, fsm.Failed, "reset"), Title: "The server resets while the file is being sent: the client fails", Claims: []string{"7.6", "7.4"}, Level: Required, Weight: 1,
			client: func(t *clientTry) {
				p := t.begin(t.sparse(32 << 20)).arrive(protocol.SendFile)
				p.drain(1 << 20)
				p.reset()
				t.fails()
			}},
		Case{ID: clientID(protocol.SendFile, fsm.Failed, "closes"), Title: "The server closes while the file is being sent: the client fails", Claims: []string{"7.6", "7.4"}, Level: Required, Weight: 1,
			client: func(t *clientTry) {
				p := t.begin(t.sparse(32 << 20)).arrive(protocol.SendFile)
				p.drain(1 << 20)
				p.leave()
				t.fails()
			}},
	)
	cases = append(cases, Case{ID: clientID(protocol.SendFile, fsm.Failed, "half-close"), Title: "The server ends its side while the file is being sent, and reads on: it has not taken the file, the client fails", Claims: []string{"7.6", "7.4"}, Level: Strict, Weight: 1,
		client: func(t *clientTry) {
			p := t.begin(t.sparse(64 << 20)).arrive(protocol.SendFile)
			p.drain(1 << 20)
			p.endStream()
			p.pause(moment) // it does not read meanwhile: the client cannot be at the end of the file
			p.drain(1 << 30)
			p.leave()
			t.fails()
		}})
	return append(cases, clientShutdown(protocol.SendFile, func(t *clientTry) *peer {
		return t.begin(t.sparse(32 << 20)).arrive(protocol.SendFile)
	})...)
}

// drain reads so many bytes, or up to the end.
func (p *peer) drain(most int64) {
	p.conn.SetReadDeadline(time.Now().Add(10 * p.patience))
	n, _ := io.CopyN(io.Discard, p.conn, most)
	p.note("server ← client  %d bytes", n)
}

// sparse makes a large file that takes no room.
func (t *clientTry) sparse(size int64) string {
	name := t.file("")
	if err := os.Truncate(name, size); err != nil {
		panic(moot{err.Error()})
	}
	return name
}

func (t *clientTry) open(name string) io.Reader {
	f, err := os.Open(name)
	if err != nil {
		panic(moot{err.Error()})
	}
	t.cleanup = append(t.cleanup, func() { f.Close() })
	return f
}

func clientClose() []Case {
	sent := func(t *clientTry) *peer {
		p := t.begin(t.file(sample)).arrive(protocol.SendFile)
		p.takes(strings.NewReader(sample))
		return p
	}
	cases := []Case{
		{ID: clientID(protocol.AwaitClose, fsm.Closed, "at-once"), Title: "The server has taken the file and closes: exit status 0", Claims: []string{"7.4", "7.2"}, Level: Required, Weight: 3,
			client: func(t *clientTry) {
				sent(t).leave()
				t.exitsWell("7.4", t.patience)
			}},
		{ID: clientID(protocol.AwaitClose, fsm.Closed, "just-within-the-limit"), Title: "The server closes after a time that is just shorter than the limit: the client has waited for it", Claims: []string{"7.2", "7.3"}, Level: Strict, Weight: 1, seconds: 1,
			client: func(t *clientTry) {
				p := sent(t)
				t.waits(p, t.within())
				p.leave()
				p.inTime(p.begun, t.nearly())
				t.exitsWell("7.4", t.patience)
			}},
		{ID: clientID(protocol.AwaitClose, fsm.Mismatched, "bytes"), Title: "The server sends something after the file: the client fails", Claims: []string{"7.2", "7.4"}, Level: Strict, Weight: 1,
			client: func(t *clientTry) {
				p := sent(t)
				p.send("thanks\r\n")
				p.leave()
				t.fails()
			}},
		{ID: clientID(protocol.AwaitClose, fsm.Failed, "reset"), Title: "The server resets after the file: the client fails", Claims: []string{"7.4"}, Level: Strict, Weight: 1,
			client: func(t *clientTry) {
				p := sent(t)
				p.pause(breath)
				p.reset()
				t.fails()
			}},
		{ID: clientID(protocol.AwaitClose, fsm.TimedOut, "silence"), Title: "The server does not close: the client fails when its limit is over", Claims: []string{"7.3", "7.4"}, Level: Strict, Weight: 1, seconds: 1,
			client: func(t *clientTry) { t.givesUp(sent(t).begun) }},
	}
	for _, name := range []string{"sigint", "sigterm"} {
		cases = append(cases, Case{ID: clientID(protocol.AwaitClose, fsm.Shutdown, name), Title: "A signal while the client waits for the server's close: it fails", Claims: []string{"7.7", "7.4"}, Level: Strict, Weight: 1, need: linux,
			client: func(t *clientTry) {
				p := sent(t)
				p.pause(settle)
				t.signal(endingSignals[name])
				t.failsAtOnce(p)
			}})
	}
	return cases
}

// waits expects the client to run on.
func (t *clientTry) waits(p *peer, d time.Duration) {
	select {
	case <-t.program.Exited():
		p.inTime(p.begun, t.nearly())
		t.over = true
		t.fail("7.2", "the client to wait for the server's close", "its end with %s after %s", ending(t.program.Status()), time.Since(p.begun).Round(time.Millisecond))
	case <-t.wait(d - time.Since(p.begun)):
	}
}

func clientProcess() (cases []Case) {
	for _, bad := range badPorts {
		level := Strict
		if plainlyBad[bad.slug] {
			level = Required
		}
		cases = append(cases, Case{ID: "client/process/bad-port-" + bad.slug, Title: fmt.Sprintf("The port is %q: an exit status that is not 0", bad.port), Claims: []string{"7.4"}, Level: level, Weight: 1,
			client: func(t *clientTry) {
				t.run("127.0.0.1", bad.port, t.file(sample))
				t.exitsBadly("7.4", 2*t.patience, false)
			}})
	}
	cannot := func(slug, title string, level Level, run func(t *clientTry)) Case {
		return Case{ID: "client/process/" + slug, Title: title + ": an exit status that is not 0", Claims: []string{"7.4"}, Level: level, Weight: 1,
			client: func(t *clientTry) {
				run(t)
				t.exitsBadly("7.4", t.idle+2*t.patience, false)
			}}
	}
	toListener := func(t *clientTry, file func() string) {
		t.listener = t.listen()
		_, port, _ := strings.Cut(t.listener.Addr().String(), ":")
		t.run("127.0.0.1", port, file())
	}
	return append(cases,
		cannot("unknown-host", "There is no such host", Required, func(t *clientTry) { t.run("no-such-host.invalid", "5000", t.file(sample)) }),
		cannot("refused", "Nobody listens on the port", Required, func(t *clientTry) { t.run("127.0.0.1", fmt.Sprint(t.port()), t.file(sample)) }),
		cannot("missing-file", "There is no such file", Required, func(t *clientTry) {
			toListener(t, func() string { return t.place("nothing") })
		}),
		cannot("directory", "The file is a directory", Strict, func(t *clientTry) {
			toListener(t, func() string { t.place(""); return t.dir })
		}),
		Case{ID: "client/process/surplus-argument", Title: "There is an argument too many: an exit status that is not 0, and no connection", Claims: []string{"7.4"}, Level: Strict, Weight: 1,
			client: func(t *clientTry) {
				t.listener = t.listen()
				_, port, _ := strings.Cut(t.listener.Addr().String(), ":")
				t.runArgs(append(t.arguments("127.0.0.1", port, t.file(sample)), "surplus"))
				t.stays()
			}},
		cannot("no-arguments", "All arguments are missing", Strict, func(t *clientTry) {
			args := t.suite.Subject.Command
			for i, a := range args {
				if strings.Contains(a, "{host}") || strings.Contains(a, "{port}") || strings.Contains(a, "{file}") {
					args = args[:i]
					break
				}
			}
			t.runArgs(args)
		}),
		Case{ID: "client/process/waits-its-turn", Title: "The server accepts, and serves only after a while: the client waits", Claims: []string{"7.3", "5.2"}, Level: Required, Weight: 1, seconds: 0.5,
			client: func(t *clientTry) {
				p := t.begin(t.file(sample))
				since := p.begun
				p.bears("7.3", "the client to wait within its limit", t.idle/2)
				p.inTime(since, t.nearly())
				p.arrive(protocol.SendFile)
				t.finish(p, sample)
			}},
	)
}
