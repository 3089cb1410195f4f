package transport

import (
	"context"
	"syscall"
	"testing"
	"time"

	"accio/fsm"
)

// What the log says of each way to fail, §8.1 to §8.6 among them.
func TestExplanations(t *testing.T) {
	say := func(text string) actor {
		return func(peer *script, _ context.CancelFunc) { peer.arrive(text) }
	}
	leave := func(text string) actor {
		return func(peer *script, _ context.CancelFunc) {
			peer.change(func() { peer.arrived, peer.ended = []byte(text), true })
		}
	}
	broke := func(text string, err error) actor {
		return func(peer *script, _ context.CancelFunc) {
			peer.arrive(text)
			time.Sleep(time.Second)
			peer.fail(err)
		}
	}
	const second = fsm.Confirm1
	for _, test := range []struct {
		claim string
		actor actor
		want  string
	}{
		{"§1.7", say("confirm-accia\r\n"),
			`AwaitConfirm1: byte 13 is 'a', wanted 'o'; wanted "confirm-accio\r\n", exactly (received "confirm-accia")`},
		{"§1.7", say("\x00"), `AwaitConfirm1: byte 1 is 0x00, wanted 'c'; wanted "confirm-accio\r\n", exactly (received "\x00")`},
		{"§1.7", say("confirm-accio\r\r"), `AwaitConfirm1: byte 15 is CR, wanted LF; wanted "confirm-accio\r\n", exactly (received "confirm-accio\r\r")`},
		{"§1.10", broke("", syscall.ECONNRESET),
			"AwaitConfirm1: the client reset the connection; it must not close both directions before it has read both commands: close the write side and read on; " +
				"if this is a port probe or a health check, wait for the server's listening line instead"},
		{"§1.10", broke(second, syscall.EPIPE),
			"AwaitConfirm2: the client reset the connection; it must not close both directions before it has read both commands: close the write side and read on"},
		{"§1.10", broke(header+"12345", syscall.ECONNRESET),
			`Streaming: the client reset the connection after 5 bytes; a client that closes before it has read both commands makes its system send a reset: read both "accio\r\n" first, then close`},
		{"", broke(header, syscall.EHOSTUNREACH), "Streaming: no route to host"},
		{"§8.1", say(header + "file"), "Streaming: no data for 10s; the client never ended its side of the stream; OpenBSD nc needs -N for that"},
		{"§8.2", say("confirm-accio\n"), `AwaitConfirm1: byte 14 is LF, wanted CR; bare LF, wanted CR LF (received "confirm-accio\n")`},
		{"§8.2", say(second + "confirm-accio-again\r\n\n"), `AwaitConfirm2: byte 22 is LF, wanted CR; bare LF, wanted CR LF (received "confirm-accio-again\r\n\n")`},
		{"§8.3", say("\xff\xf4\xff\xfd\x06"),
			`AwaitConfirm1: byte 1 is 0xff, wanted 'c'; 0xff begins a telnet command (Ctrl-C in telnet sends some); they are data like any other (received "\xff")`},
		{"§8.4", say(""),
			`AwaitConfirm1: no data for 10s; waited for "confirm-accio\r\n"; the second accio\r\n is sent only after that, and a client that waits for both commands before it confirms waits for ever (docs/protocol.md, "Who waits for whom")`},
		{"§8.4", say(second), `AwaitConfirm2: no data for 10s; waited for "confirm-accio-again\r\n\r\n"`},
		{"§8.5", say(second + "confirm-accio-again\r\nX\r\n"),
			`AwaitConfirm2: byte 22 is 'X', wanted CR; the confirmation ends with an empty line (received "confirm-accio-again\r\nX")`},
		{"§8.5", say(second + "confirm-accio-again\r\n\rX"),
			`AwaitConfirm2: byte 23 is 'X', wanted LF; the confirmation ends with an empty line (received "confirm-accio-again\r\n\rX")`},
		{"§8.5", say(second + "confirm-accio-again\r\n"),
			`AwaitConfirm2: no data for 10s; the empty line is missing: the confirmation ends with one (received "confirm-accio-again\r\n")`},
		{"§8.5", leave(second + "confirm-accio-again\r\n"),
			`AwaitConfirm2: the client closed within the 23 bytes of "confirm-accio-again\r\n\r\n"; the empty line is missing: the confirmation ends with one (received "confirm-accio-again\r\n")`},
		{"§8.6", leave(""),
			`AwaitConfirm1: the client closed before it sent anything of "confirm-accio\r\n"; if this is a port probe or a health check, wait for the server's listening line instead`},
		{"§3.3", leave(second), `AwaitConfirm2: the client closed before it sent anything of "confirm-accio-again\r\n\r\n"`},
		{"§3.3", leave("confirm"),
			`AwaitConfirm1: the client closed within the 15 bytes of "confirm-accio\r\n"; 7 of 15 bytes came, "-accio\r\n" is missing (received "confirm")`},
		{"", say("confirm"), `AwaitConfirm1: no data for 10s; 7 of 15 bytes came, "-accio\r\n" is missing (received "confirm")`},
		{"§6.4", func(_ *script, stop context.CancelFunc) { time.Sleep(time.Second); stop() }, "AwaitConfirm1: told to stop"},
	} {
		p := playServer(t, test.actor)
		if got := p.Explanation(); got != test.want {
			t.Errorf("%s: got  %s\nwant %s", test.claim, got, test.want)
		}
	}

	table := fsm.Server.Clone()
	for i, tr := range table.Transitions {
		if tr.To == fsm.Done {
			table.Transitions[i].To = fsm.Error
		}
	}
	if got, want := play(t, &table, leave(header)).Explanation(), "Streaming: the client closed"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}

	stalled := playServer(t, say(""), func(s *session) { s.conn.(*script).room = 0 })
	if got, want := stalled.Explanation(), "SendAccio1: no data for 10s; the client takes no data"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}
