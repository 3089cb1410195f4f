package conform

import (
	"fmt"
	"maps"
	"os"
	"slices"

	"accio/fsm"
	"accio/protocol"
)

// settle is how long a program that has just begun to wait gets before a signal:
// the handlers of some stand only after the port is open.
const settle = moment

// named calls f with each of the signals that end a program, in a fixed order.
func named(f func(name string, s os.Signal)) {
	for _, name := range slices.Sorted(maps.Keys(endingSignals)) {
		f(name, endingSignals[name])
	}
}

func serverShutdown() (cases []Case) {
	named(func(name string, s os.Signal) {
		for _, state := range []fsm.State{protocol.AwaitConfirm1, protocol.AwaitConfirm2, protocol.Streaming} {
			id := fmt.Sprintf("server/%s/shutdown/%s", state, name)
			busy := func(t *serverTry) *peer {
				p := t.dial().reach(state)
				if state == protocol.Streaming {
					p.send("some bytes")
				}
				p.pause(settle)
				t.signal(s)
				return p
			}
			cases = append(cases,
				Case{ID: id, Title: "A signal while a client is in service: the server ends in good order, with exit status 0", Claims: []string{"6.4"}, Level: Required, Weight: 1, need: process | linux,
					server: func(t *serverTry) {
						busy(t)
						t.exitsWell("6.4", t.patience)
					}},
				Case{ID: id + "-line", Title: "A signal while a client is in service: its line is ERROR", Claims: []string{"6.4", "5.3"}, Level: Strict, Weight: 1, need: process | linux,
					server: func(t *serverTry) {
						busy(t)
						t.exitsWell("6.4", t.patience)
						t.line("5.3", "ERROR")
						t.noMore("3.1")
					}})
		}
		cases = append(cases,
			Case{ID: "server/process/" + name, Title: "A signal while nobody is there: exit status 0, nothing on standard output", Claims: []string{"6.4"}, Level: Required, Weight: 2, need: process | linux,
				server: func(t *serverTry) {
					t.start()
					t.pause(settle)
					t.signal(s)
					t.exitsWell("6.4", t.patience)
					t.noMore("3.1")
				}})
	})
	return append(cases,
		Case{ID: "server/process/signal-after-a-transfer", Title: "A signal after a finished transfer: exit status 0, the line stays the only one", Claims: []string{"6.4", "3.1"}, Level: Required, Weight: 1, need: process | linux,
			server: func(t *serverTry) {
				t.sends("12345")
				t.pause(settle)
				t.signal(endingSignals["sigterm"])
				t.exitsWell("6.4", t.patience)
				t.noMore("3.1")
			}},
		Case{ID: "server/process/signal-with-a-queue", Title: "A signal while clients wait: one line for the one in service, none for them", Claims: []string{"5.3", "6.4"}, Level: Strict, Weight: 1, need: process | linux,
			server: func(t *serverTry) {
				t.dial().reach(protocol.AwaitConfirm1)
				for range 3 {
					t.dial()
				}
				t.pause(settle)
				t.signal(endingSignals["sigint"])
				t.exitsWell("6.4", t.patience)
				t.line("5.3", "ERROR")
				t.noMore("5.3")
			}},
		Case{ID: "server/process/signal-storm", Title: "Many signals change nothing more than one", Claims: []string{"6.4"}, Level: Strict, Weight: 1, need: process | linux,
			server: func(t *serverTry) {
				t.dial().reach(protocol.AwaitConfirm1)
				t.pause(settle)
				for range 20 {
					named(func(_ string, s os.Signal) { t.signal(s) })
				}
				t.exitsWell("6.4", t.patience)
				t.line("5.3", "ERROR")
				t.noMore("3.1")
			}},
	)
}
