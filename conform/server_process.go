package conform

import (
	"fmt"
	"net"
	"strconv"
	"strings"

	"accio/conform/cage"
	"accio/protocol"
)

// badPorts are none.
var badPorts = []struct{ slug, port string }{
	{"word", "abc"}, {"negative", "-1"}, {"zero", "0"}, {"65536", "65536"}, {"huge", "99999999999999999999"}, {"empty", ""},
	{"digits-and-more", "50x"}, {"fraction", "5000.5"}, {"hexadecimal", "0x1388"}, {"plus", "+5000"}, {"underscore", "5_000"}, {"no-ascii", "٥٠٠٠"},
}

// plain are those that the assignment means beyond doubt.
var plainlyBad = map[string]bool{"word": true, "negative": true, "65536": true, "huge": true}

// refusesCommand wants a command line to be refused.
func (t *try) refusesCommand(args []string) {
	t.launch(cage.Command{Args: args})
	t.exitsBadly("6.2", 2*t.patience, true)
	if text := t.all(t.program.Stdout, true); text != "" {
		t.fail("6.2", "nothing on standard output", "%s", quote(text))
	}
}

func serverProcess() (cases []Case) {
	for _, bad := range badPorts {
		level := Strict
		if plainlyBad[bad.slug] {
			level = Required
		}
		cases = append(cases, Case{ID: "server/process/bad-port-" + bad.slug, Title: fmt.Sprintf("The port is %q: ERROR: on standard error, an exit status that is not 0", bad.port), Claims: []string{"6.2"}, Level: level, Weight: 1, need: process,
			server: func(t *serverTry) { t.refusesCommand(t.arguments(bad.port)) }})
	}
	return append(cases,
		Case{ID: "server/process/no-port", Title: "The port is missing: ERROR: on standard error, an exit status that is not 0", Claims: []string{"6.2"}, Level: Strict, Weight: 1, need: process,
			server: func(t *serverTry) { t.refusesCommand(t.withoutPort()) }},
		Case{ID: "server/process/surplus-argument", Title: "There is an argument too many: ERROR: on standard error, an exit status that is not 0", Claims: []string{"6.2"}, Level: Strict, Weight: 1, need: process,
			server: func(t *serverTry) {
				t.withoutPort() // to see that it is an argument
				t.refusesCommand(append(t.arguments(strconv.Itoa(t.port())), "surplus"))
			}},
		Case{ID: "server/process/port-in-use", Title: "Somebody else listens on the port: ERROR: on standard error, an exit status that is not 0", Claims: []string{"6.3"}, Level: Required, Weight: 1, need: process,
			server: func(t *serverTry) {
				port := t.port()
				taken, err := net.Listen("tcp4", fmt.Sprintf("0.0.0.0:%d", port))
				if err != nil {
					panic(moot{err.Error()})
				}
				t.cleanup = append(t.cleanup, func() { taken.Close() })
				t.launch(cage.Command{Args: t.arguments(strconv.Itoa(port))})
				t.exitsBadly("6.3", 2*t.patience, true)
			}},
		Case{ID: "server/process/restart", Title: "It can be started again on its port at once", Claims: []string{"6.1"}, Level: Required, Weight: 1, need: process | linux,
			server: func(t *serverTry) {
				p := t.dial().reach(protocol.AwaitConfirm1)
				t.signal(endingSignals["sigterm"])
				t.exits("6.4", t.patience)
				p.leave()
				t.printed = 0
				t.restart()
				t.serves()
			}},
		Case{ID: "server/process/goes-on", Title: "It serves one client after the other, good or bad", Claims: []string{"3.1", "5.1"}, Level: Required, Weight: 2, need: output,
			server: func(t *serverTry) {
				c := confirmations()[0]
				for range 4 {
					t.refuses(c, "hello\r\n")
					t.serves()
				}
			}},
		Case{ID: "server/process/output-read-late", Title: "Standard output is a pipe that is read late: each line is there before the next client is served", Claims: []string{"3.4"}, Level: Strict, Weight: 1, need: process,
			server: func(t *serverTry) {
				t.held = true
				for range 3 {
					p := t.dial().reach(protocol.Streaming)
					p.send("ab")
					p.endStream()
					p.ends("3.4", "the server to close after the end of the stream", t.patience)
				}
				t.program.Read()
				for range 3 {
					t.line("3.4", "2")
				}
			}},
		Case{ID: "server/process/output-closed", Title: "Standard output that nobody reads any more is fatal, and said on standard error", Claims: []string{"6.5"}, Level: Strict, Weight: 1, need: process | linux,
			server: func(t *serverTry) {
				t.held = true
				t.start()
				t.program.CloseStdout()
				p := t.dial().reach(protocol.Streaming)
				p.endStream()
				t.exitsBadly("6.5", t.patience, true)
			}},
		Case{ID: "server/process/errors-closed", Title: "A broken standard error does not end it", Claims: []string{"6.6"}, Level: Strict, Weight: 1, need: process | linux,
			server: func(t *serverTry) {
				t.start()
				t.program.CloseStderr()
				c := confirmations()[0]
				for range 3 {
					t.refuses(c, "hello\r\n")
				}
				t.serves()
			}},
	)
}

// withoutPort is the command line without the port.
func (t *serverTry) withoutPort() (args []string) {
	for _, arg := range t.suite.Subject.Command {
		switch {
		case arg == "{port}":
		case strings.Contains(arg, "{port}"):
			panic(skipped{"the port is no argument by itself"})
		default:
			args = append(args, arg)
		}
	}
	return args
}
