package conform

import (
	"errors"
	"fmt"
	"net"
	"slices"
	"strconv"
	"strings"
	"time"

	"accio/conform/cage"
	"accio/fsm"
	"accio/internal/errno"
	"accio/internal/port"
	"accio/protocol"
)

// serverTry is a try at a server, to which we are the clients.
type serverTry struct {
	*try
	number  int // the port
	printed int // bytes of standard output that were looked at
	held    bool
	clients int
}

func newServerTry(t *try) *serverTry { return &serverTry{try: t} }

// arguments are the command line for a port.
func (t *serverTry) arguments(port string) []string {
	return Arguments(t.suite.Subject.Command, "{port}", port)
}

// start starts the server, if that is not done, and waits until it listens.
func (t *serverTry) start() {
	if t.program != nil || t.suite.Subject.Address != "" {
		return
	}
	if t.number == 0 {
		t.number = t.port()
	}
	const wanted = "the server to listen on its port"
	if !t.alone && t.suite.hopeless() {
		t.late("6.1", wanted, "nothing: it has not yet in any case")
	}
	t.launch(cage.Command{Args: t.arguments(strconv.Itoa(t.number)), Held: t.held})
	late := time.Now().Add(2 * t.patience)
	for {
		found, known := port.Listening(t.number)
		switch {
		case len(found) > 0 || !known:
			t.note("the server listens on port %d", t.number)
			t.suite.hasStarted()
			return
		case time.Now().After(late):
			t.suite.isDeaf()
			t.late("6.1", wanted, "nothing within %s", 2*t.patience)
		}
		select {
		case <-t.program.Exited():
			t.late("6.1", wanted, "its end")
		case <-t.ctx.Done():
			panic(moot{"interrupted"})
		case <-time.After(5 * time.Millisecond):
		}
	}
}

// address is where the server is.
func (t *serverTry) address(host string) string {
	if t.suite.Subject.Address != "" {
		return t.suite.Subject.Address
	}
	return net.JoinHostPort(host, strconv.Itoa(t.number))
}

// dial makes a new client.
func (t *serverTry) dial() *peer { return t.dialAt("127.0.0.1") }

func (t *serverTry) dialAt(host string) *peer {
	t.start()
	t.clients++
	name := "client"
	if t.clients > 1 {
		name += " " + strconv.Itoa(t.clients)
	}
	begun := time.Now()
	for late := begun.Add(2 * t.patience); ; {
		d := net.Dialer{Timeout: 2 * t.patience}
		conn, err := d.DialContext(t.ctx, "tcp", t.address(host))
		if err == nil {
			t.note("%s connects", name)
			t.own(conn)
			return &peer{try: t.try, conn: conn.(*net.TCPConn), name: name, other: "server", table: &protocol.Client, begun: begun}
		}
		_, known := port.Listening(t.number)
		if !errno.IsRefused(err) || known || time.Now().After(late) {
			t.late("5.1", "the server to accept a connection", "%v", errors.Unwrap(err))
		}
		t.pause(10 * time.Millisecond)
	}
}

// reach takes a client to where the server is in a state.
func (p *peer) reach(s fsm.State) *peer {
	p.gets(protocol.AwaitAccio1)
	if s == protocol.AwaitConfirm1 {
		return p
	}
	p.send(protocol.Confirm1)
	p.gets(protocol.AwaitAccio2)
	if s == protocol.Streaming {
		p.send(protocol.Confirm2)
	}
	return p
}

// line expects the next line of standard output. Of a server that somebody else
// has started nothing is seen.
func (t *serverTry) line(claim, want string) {
	t.lineWithin(claim, want, t.patience)
}

func (t *serverTry) lineWithin(claim, want string, within time.Duration) {
	if t.program == nil {
		return
	}
	wanted := fmt.Sprintf("the server to print %s", quote(want))
	late := t.wait(within)
	for {
		text, ended, more := t.program.Stdout.Text()
		text = text[t.printed:]
		if line, _, ok := strings.Cut(text, "\n"); ok {
			t.printed += len(line) + 1
			t.note("the server prints %s", quote(line))
			if strings.TrimSuffix(line, "\r") != want {
				panic(failure{claim: claim, wanted: wanted, got: quote(line) + t.fate(), hint: counted(line, want)})
			}
			return
		}
		if ended {
			t.fail(claim, wanted, "%s and the end of its output", quote(text))
		}
		select {
		case <-more:
		case <-late:
			t.late(claim, wanted, "%s within %s", orNothing(text), within)
		}
	}
}

// counted says what a wrong count may come from.
func counted(got, want string) string {
	n, err := strconv.Atoi(got)
	right, err2 := strconv.Atoi(want)
	switch {
	case err != nil && err2 == nil:
		if strings.HasPrefix(strings.TrimSpace(got), want) {
			return "the line is the number alone"
		}
		return ""
	case err != nil || err2 != nil:
		return ""
	}
	switch n - right {
	case len(protocol.Confirm1) + len(protocol.Confirm2):
		return "the two confirmations are no part of the count"
	case len(protocol.Confirm2):
		return "the second confirmation is no part of the count"
	case len("\r\n"):
		return "the empty line that ends the second confirmation is no part of the count"
	}
	if n < right {
		return "what comes in one piece with a confirmation, and whatever bytes the file has, belong to the count"
	}
	return ""
}

func orNothing(text string) string {
	if text == "" {
		return "nothing"
	}
	return quote(text)
}

// noMore expects that nothing else was printed by a server that has ended, or by
// now.
func (t *serverTry) noMore(claim string) {
	if t.program == nil {
		return
	}
	if text := t.all(t.program.Stdout, t.over); text[t.printed:] != "" {
		t.fail(claim, "nothing more on standard output", "%s", quote(text[t.printed:]))
	}
}

// serves expects that the next client is served.
func (t *serverTry) serves() {
	t.sends("abc")
}

// sends is a good session with a file.
func (t *serverTry) sends(file string) {
	p := t.dial().reach(protocol.Streaming)
	if file != "" {
		p.send(file)
	}
	p.endStream()
	t.line("1.5", strconv.Itoa(len(file)))
	p.ends("3.4", "the server to close after the end of the stream", t.patience)
}

// where the kernel says that the server listens.
func (t *serverTry) where() []string {
	found, _ := port.Listening(t.number)
	slices.Sort(found)
	return found
}
