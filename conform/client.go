package conform

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"time"

	"accio/conform/cage"
	"accio/fsm"
	"accio/protocol"
)

// clientTry is a try at a client, to which we are the server.
type clientTry struct {
	*try
	listener *net.TCPListener
	dir      string // of the files that it is given
}

func newClientTry(t *try) *clientTry { return &clientTry{try: t} }

// arguments are the command line for a server and a file.
func (t *clientTry) arguments(host, port, file string) []string {
	return Arguments(t.suite.Subject.Command, "{host}", host, "{port}", port, "{file}", file)
}

func (t *clientTry) run(host, port, file string) { t.runArgs(t.arguments(host, port, file)) }

func (t *clientTry) runArgs(args []string) {
	t.launch(cage.Command{Args: args})
	t.suite.hasStarted()
}

// place returns a name for a file that the client is given.
func (t *clientTry) place(name string) string {
	if t.dir == "" {
		var err error
		if t.dir, err = os.MkdirTemp("", "accio-conform-*"); err != nil {
			panic(moot{err.Error()})
		}
		t.cleanup = append(t.cleanup, func() { os.RemoveAll(t.dir) })
	}
	return filepath.Join(t.dir, name)
}

// file makes a file for the client.
func (t *clientTry) file(text string) string {
	name := t.place("file.bin")
	if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
		panic(moot{err.Error()})
	}
	return name
}

// begin starts the client with a file, and accepts its connection.
func (t *clientTry) begin(file string) *peer {
	t.listener = t.listen()
	begun := time.Now()
	t.run("127.0.0.1", strconv.Itoa(t.listener.Addr().(*net.TCPAddr).Port), file)
	return t.accept(begun)
}

func (t *clientTry) accept(begun time.Time) *peer {
	const wanted = "the client to connect"
	for late := time.Now().Add(2 * t.patience); ; {
		t.listener.SetDeadline(time.Now().Add(20 * time.Millisecond))
		conn, err := t.listener.AcceptTCP()
		if err == nil {
			t.note("the client connects")
			t.own(conn)
			return &peer{try: t.try, conn: conn, name: "server", other: "client", table: &protocol.Server, begun: begun}
		}
		select {
		case <-t.program.Exited():
			t.fail("7.1", wanted, "its end")
		case <-t.ctx.Done():
			panic(moot{"interrupted"})
		default:
		}
		if time.Now().After(late) {
			t.late("7.1", wanted, "nothing within %s", 2*t.patience)
		}
	}
}

// arrive takes a client to where it is in a state.
func (p *peer) arrive(s fsm.State) *peer {
	if s == protocol.AwaitAccio1 {
		return p
	}
	p.send(protocol.Accio)
	if p.c.Level == Required && !p.answers() {
		// The published page can be read so that a client waits for both commands.
		p.note("the client waits for the second command before it confirms the first")
		p.hasty = true
		if s == protocol.AwaitAccio2 {
			if !p.alone {
				p.late("", "a confirmation of the first command", "nothing within %s", p.patience/2)
			}
			panic(skipped{"the client waits for both commands before it confirms the first, as its published description can be read"})
		}
		p.send(protocol.Accio)
		p.gets(protocol.AwaitConfirm1)
		p.gets(protocol.AwaitConfirm2)
		return p
	}
	p.gets(protocol.AwaitConfirm1)
	if s == protocol.AwaitAccio2 {
		return p
	}
	p.send(protocol.Accio)
	p.gets(protocol.AwaitConfirm2)
	return p
}

// answers reports whether anything comes soon. Nothing is read.
func (p *peer) answers() bool {
	raw, err := p.conn.SyscallConn()
	if err != nil {
		return true
	}
	for late := time.Now().Add(p.patience / 2); time.Now().Before(late); p.pause(breath) {
		if waiting(raw) {
			return true
		}
	}
	return false
}

// takes expects a file and the end of the stream.
func (p *peer) takes(file io.Reader) {
	var sum int64
	got, want := make([]byte, 64<<10), make([]byte, 64<<10)
	for {
		p.conn.SetReadDeadline(time.Now().Add(2 * p.patience))
		n, err := p.conn.Read(got)
		if _, short := io.ReadFull(file, want[:n]); n > 0 && (short != nil || !bytes.Equal(got[:n], want[:n])) {
			at := 0
			for at < n && got[at] == want[at] && short == nil {
				at++
			}
			p.note("server ← client  %s", quote(string(got[:n])))
			p.fail("7.1", "the bytes of the file, and the end of the stream behind them", "something else from byte %d on, %s", sum+int64(at)+1, quote(string(got[at:n])))
		}
		sum += int64(n)
		switch {
		case errors.Is(err, io.EOF):
			p.note("server ← client  %d bytes, and the end of the stream", sum)
			if rest, _ := io.Copy(io.Discard, file); rest > 0 {
				p.fail("7.1", "the whole file", "the end of the stream after %d bytes; %d are missing", sum, rest)
			}
			return
		case errors.Is(err, os.ErrDeadlineExceeded):
			p.late("7.1", "the file, and the end of the stream behind it", "%d bytes, and nothing more for %s", sum, 2*p.patience)
		case err != nil:
			p.note("server ← client  %d bytes, and a reset", sum)
			p.fail("7.1", "the file, and the end of the stream behind it", "%d bytes and a reset", sum)
		}
	}
}

// finish is a good end: the file is taken, the connection closed, and the client
// says so.
func (t *clientTry) finish(p *peer, text string) {
	p.takes(bytes.NewReader([]byte(text)))
	p.leave()
	t.exitsWell("7.4", t.patience)
}

// givesUp expects that the client ends with a failure when its limit is over.
func (t *clientTry) givesUp(since time.Time) {
	s := t.exits("7.3", t.idle+t.patience)
	if took := time.Since(since); took < t.early() {
		t.fail("7.3", "the client to wait for "+t.idle.String(), "its end after %s", took.Round(time.Millisecond))
	}
	if s.Code == 0 || s.Signal != nil {
		t.fail("7.4", "an exit status that is not 0", "%s", ending(s))
	}
}

// fails expects the end of the client, and that it says that it failed.
func (t *clientTry) fails() { t.exitsBadly("7.4", t.patience, false) }

// refuses expects of a client that something is wrong for it: it sends nothing
// more, and fails before its limit is over.
func (t *clientTry) refuses(p *peer) {
	p.stops("1.7", "the client to send nothing more, and to end")
	t.failsAtOnce(p)
}

// failsAtOnce expects the client to fail before its limit is over.
func (t *clientTry) failsAtOnce(p *peer) {
	t.fails()
	if took := time.Since(p.begun); took >= t.early() {
		t.late("7.4", "the client to fail at once", "its end when its limit was over, after %s", took.Round(time.Millisecond))
	}
}

// stays expects the client to fail without a connection to the listener of this
// try.
func (t *clientTry) stays() {
	t.exitsBadly("7.4", t.idle+2*t.patience, false)
	t.listener.SetDeadline(time.Now().Add(breath))
	if conn, err := t.listener.Accept(); err == nil {
		conn.Close()
		t.fail("7.4", "the client to fail at once", "a connection")
	}
}

// ID of a case of the client in a state.
func clientID(s fsm.State, e fsm.Event, what string) string {
	return fmt.Sprintf("client/%s/%s/%s", s, e, what)
}
