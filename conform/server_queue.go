package conform

import (
	"strconv"
	"strings"
	"time"

	"accio/protocol"
)

func serverQueue() []Case {
	return []Case{
		{ID: "server/queue/ten", Title: "While one client is served ten more wait, none is rejected, and they are served in order", Claims: []string{"5.1"}, Level: Required, Weight: 3, need: output,
			server: func(t *serverTry) {
				clients := []*peer{t.dial().reach(protocol.AwaitConfirm1)}
				for range 10 {
					clients = append(clients, t.dial())
				}
				clients[10].silent("5.2", "nothing for a client before its turn", moment)
				for i, p := range clients {
					if i > 0 {
						p.gets(protocol.AwaitAccio1)
					}
					p.send(protocol.Confirm1)
					p.gets(protocol.AwaitAccio2)
					p.send(protocol.Confirm2 + strings.Repeat("x", i))
					p.endStream()
					t.line("5.1", strconv.Itoa(i))
				}
			}},
		{ID: "server/queue/one-at-a-time", Title: "A waiting client gets its command when its turn has come, not before", Claims: []string{"5.2", "5.1"}, Level: Required, Weight: 3,
			server: func(t *serverTry) {
				first := t.dial().reach(protocol.AwaitConfirm1)
				second := t.dial()
				second.silent("5.2", "nothing for a client before its turn", 2*moment)
				first.leave()
				second.gets(protocol.AwaitAccio1)
			}},
		{ID: "server/queue/all-sent-early", Title: "Clients that have sent everything while they wait are counted", Claims: []string{"1.9", "5.1"}, Level: Strict, Weight: 1, need: output,
			server: func(t *serverTry) {
				first := t.dial().reach(protocol.AwaitConfirm1)
				for i := range 3 {
					p := t.dial()
					p.send(protocol.Confirm1 + protocol.Confirm2 + strings.Repeat("y", i+1))
					p.endStream()
				}
				first.send(protocol.Confirm1)
				first.gets(protocol.AwaitAccio2)
				first.send(protocol.Confirm2)
				first.endStream()
				for _, want := range []string{"0", "1", "2", "3"} {
					t.line("1.9", want)
				}
			}},
		{ID: "server/queue/waiting-is-no-silence", Title: "The time in the queue does not count as silence", Claims: []string{"4.3"}, Level: Required, Weight: 2, need: output, seconds: 2.2,
			server: func(t *serverTry) {
				first := t.dial().reach(protocol.Streaming)
				second := t.dial()
				for range 3 {
					since := first.begun
					first.bears("4.2", "the connection to stay open while bytes arrive", t.idle*2/5)
					first.send("x")
					first.inTime(since, t.nearly())
				}
				second.begun = time.Now() // its service cannot begin before
				first.endStream()
				t.line("4.2", "3")
				second.gets(protocol.AwaitAccio1)
				second.bears("4.3", "the clock of a client to start with its service", t.within())
				since := second.begun
				second.send(protocol.Confirm1)
				second.inTime(since, t.nearly())
				second.gets(protocol.AwaitAccio2)
			}},
		{ID: "server/queue/holds-up", Title: "A client that goes on sending is served, however many wait", Claims: []string{"5.5"}, Level: Strict, Weight: 1, seconds: 1.2,
			server: func(t *serverTry) {
				first := t.dial().reach(protocol.Streaming)
				second := t.dial()
				for start := time.Now(); time.Since(start) < t.idle*11/10; {
					first.send("x")
					second.silent("5.2", "nothing for a client before its turn", t.idle/10)
				}
				first.endStream()
				second.gets(protocol.AwaitAccio1)
			}},
		{ID: "server/queue/at-once", Title: "Ten clients at the same moment all succeed", Claims: []string{"5.1"}, Level: Required, Weight: 2, need: output,
			server: func(t *serverTry) {
				t.start()
				var clients []*peer
				for range 10 {
					clients = append(clients, t.dial())
				}
				for _, p := range clients {
					p.reach(protocol.Streaming)
					p.bulk(100_000)
					p.endStream()
					t.line("1.5", "100000")
				}
			}},
	}
}
