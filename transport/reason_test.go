package transport

import (
	"context"
	"strings"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"accio/explore"
	"accio/protocol"
)

// What the log says of each way to fail, §8.1 to §8.6 among them.
func TestExplanations(t *testing.T) {
	say := func(text string) actor {
		return func(peer *explore.Conn, _ context.CancelFunc) { peer.Arrive(text) }
	}
	leave := func(text string) actor {
		return func(peer *explore.Conn, _ context.CancelFunc) {
			peer.AtOnce(func(c explore.Client) { c.Arrive(text); c.End() })
		}
	}
	broke := func(text string, err error) actor {
		return func(peer *explore.Conn, _ context.CancelFunc) {
			peer.Arrive(text)
			time.Sleep(time.Second)
			peer.Fail(err)
		}
	}
	waits := func(d time.Duration, then func(*explore.Conn)) actor {
		return func(peer *explore.Conn, _ context.CancelFunc) { time.Sleep(d); then(peer) }
	}
	const (
		second   = protocol.Confirm1
		reset    = "the client reset the connection"
		causes   = "a system does that for a program that closes, or dies, before it has read both commands (close the write side and read on), or that asked for it (SO_LINGER 0), and so does what cuts the network"
		probe    = "if this is a port probe or a health check, wait for the server's listening line instead"
		deadlock = `the second accio\r\n is sent only after that, and a client that waits for both commands before it confirms waits for ever (docs/protocol.md, "Who waits for whom")`
		nothing  = `the client closed before it sent anything of "confirm-accio\r\n"; `
	)
	explained := 0
	for _, test := range []struct {
		claim string
		actor actor
		want  string
	}{
		{"§1.10", broke(second, syscall.EPIPE), "AwaitConfirm2: " + reset + "; " + causes},
		{"§1.10", broke(header+"12345", syscall.ECONNRESET), "Streaming: " + reset + " after 5 bytes; " + causes},
		{"", broke(header, syscall.EHOSTUNREACH), "Streaming: no route to host"},
		{"§8.1", say(header + "file"), "Streaming: no data for 10s; the client has not ended its side of the stream: " +
			"that takes shutdown(SHUT_WR) in Python and C, shutdownOutput() in Java, and the flag -N of OpenBSD nc"},
		{"§8.4", say(""), `AwaitConfirm1: no data for 10s; waited for "confirm-accio\r\n"; ` + deadlock},
		{"§8.4", say(second), `AwaitConfirm2: no data for 10s; waited for "confirm-accio-again\r\n\r\n"`},
		{"§8.4", waits(4940*time.Millisecond, (*explore.Conn).End), "AwaitConfirm1: " + nothing + "it had waited for 4.9s; " + deadlock},
		{"§8.4", waits(time.Second, (*explore.Conn).End), "AwaitConfirm1: " + nothing + "it had waited for 1s; " + deadlock},
		{"§8.4", waits(3*time.Second, (*explore.Conn).Reset), "AwaitConfirm1: " + reset + "; it had waited for 3s; " + deadlock},
		{"§8.6", waits(time.Second-1, (*explore.Conn).End), "AwaitConfirm1: " + nothing + probe},
		{"§8.6", leave(""), "AwaitConfirm1: " + nothing + probe},
		{"§8.6", waits(1, (*explore.Conn).Reset), "AwaitConfirm1: " + reset + "; " + probe + "; " + causes},
		{"§8.5", say(second + "confirm-accio-again\r\n"),
			`AwaitConfirm2: no data for 10s; the empty line is missing; wanted "confirm-accio-again\r\n\r\n", exactly (received "confirm-accio-again\r\n")`},
		{"§8.5", leave(second + "confirm-accio-again\r\n"),
			`AwaitConfirm2: the client closed within the 23 bytes of "confirm-accio-again\r\n\r\n"; the empty line is missing; wanted "confirm-accio-again\r\n\r\n", exactly (received "confirm-accio-again\r\n")`},
		{"§3.3", leave(second), `AwaitConfirm2: the client closed before it sent anything of "confirm-accio-again\r\n\r\n"`},
		{"§3.3", leave("confirm"),
			`AwaitConfirm1: the client closed within the 15 bytes of "confirm-accio\r\n"; 7 of 15 bytes came, "-accio\r\n" is missing (received "confirm")`},
		{"", say("confirm"), `AwaitConfirm1: no data for 10s; 7 of 15 bytes came, "-accio\r\n" is missing (received "confirm")`},
		{"", broke("confirm", syscall.ECONNRESET), "AwaitConfirm1: " + reset + "; " + causes + ` (received "confirm")`},
		{"", broke("c", syscall.ECONNRESET), "AwaitConfirm1: " + reset + "; " + causes + ` (received "c")`},
		{"", say("c"), `AwaitConfirm1: no data for 10s; 1 of 15 bytes came, "onfirm-accio\r\n" is missing (received "c")`},
		{"", leave("c"), `AwaitConfirm1: the client closed within the 15 bytes of "confirm-accio\r\n"; 1 of 15 bytes came, "onfirm-accio\r\n" is missing (received "c")`},
		{"§6.4", func(_ *explore.Conn, stop context.CancelFunc) { time.Sleep(time.Second); stop() }, "AwaitConfirm1: told to stop"},
		{"§6.4", func(peer *explore.Conn, stop context.CancelFunc) { peer.Arrive("con"); time.Sleep(time.Second); stop() }, "AwaitConfirm1: told to stop"},
	} {
		explained++
		p := playServer(t, test.actor)
		if got := p.Explanation(); got != test.want {
			t.Errorf("%s: got  %s\nwant %s", test.claim, got, test.want)
		}
	}
	if explained != 23 {
		t.Errorf("%d explanations, want 23", explained)
	}

	table := protocol.Server.Clone()
	for i, tr := range table.Transitions {
		if tr.To == protocol.Done {
			table.Transitions[i].To = protocol.Error
		}
	}
	if got, want := play(t, &table, leave(header)).Explanation(), "Streaming: the client closed"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}

	stalled := playServer(t, say(""), func(s *session) { s.conn.(*explore.Conn).Stall(0) })
	if got, want := stalled.Explanation(), "SendAccio1: no data for 10s; the client takes no data"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

// What a client is told of a server that says something at its end, or dies there.
func TestExplanationsOfTheEnd(t *testing.T) {
	const answers = "AwaitClose: the server sent '1', wanted the end of the stream; received >> "
	for _, test := range []struct {
		then func(*explore.Conn)
		want string
	}{
		{func(peer *explore.Conn) { peer.Arrive("1") }, answers + `"1", hex >> 31`},
		{func(peer *explore.Conn) { peer.Arrive("123") }, answers + `"123", hex >> 31 32 33`},
		{(*explore.Conn).Reset, "AwaitClose: the server reset the connection; its log says why"},
		{func(*explore.Conn) {}, "AwaitClose: no data for 10s; the server did not close after the end of the file"},
	} {
		p := playClient(t, strings.NewReader("file"), func(peer *explore.Conn, _ context.CancelFunc) {
			takesTurns(peer, protocol.Accio+protocol.Accio)
			synctest.Wait()
			test.then(peer)
		})
		if got := p.Explanation(); got != test.want {
			t.Errorf("got  %s\nwant %s", got, test.want)
		}
	}
}

func TestMissing(t *testing.T) {
	for _, test := range []struct {
		text string
		got  int
		want string
	}{
		{protocol.Accio, -1, ""},
		{protocol.Accio, 0, ""},
		{protocol.Accio, 1, `"ccio\r\n" is missing`},
		{protocol.Accio, 6, `"\n" is missing`},
		{protocol.Accio, 7, ""},
		{protocol.Confirm2, len(protocol.Confirm2) - 3, `"\n\r\n" is missing`},
		{protocol.Confirm2, len(protocol.Confirm2) - 2, "the empty line is missing"},
		{protocol.Confirm2, len(protocol.Confirm2) - 1, "the empty line is missing"},
		{protocol.Confirm2, len(protocol.Confirm2), ""},
		{protocol.Confirm2, len(protocol.Confirm2) + 1, ""},
	} {
		if got := Missing(test.text, test.got); got != test.want {
			t.Errorf("%d bytes of %q: got %s, want %s", test.got, test.text, got, test.want)
		}
	}
}

// The reason names a byte so that it can be told apart on any terminal.
func TestBytesHaveNames(t *testing.T) {
	for b, want := range map[byte]string{
		0: "0x00", '\n': "LF", 0x0b: "0x0b", '\r': "CR", 0x0e: "0x0e", 0x1f: "0x1f", ' ': "' '", '!': "'!'", '\'': `'\''`, '~': "'~'", 0x7f: "0x7f", 0xff: "0xff",
	} {
		if got := byteName(b); got != want {
			t.Errorf("%#x is called %s, want %s", b, got, want)
		}
	}
}
