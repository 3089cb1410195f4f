package transport

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"accio/explore"
	"accio/fsm"
	"accio/internal/require"
)

// lines is a protocol of lines, with circles: the peer commands, and says what it
// stores in lines that a dot ends.
var lines = (&fsm.Table{
	Role: "keeper", Peer: "guest", Initial: "Greet", Terminal: []fsm.State{"End", "Fault"}, Good: []fsm.State{"End"},
	Events: []fsm.Event{"said", "noop", "keep", "kept", "raw", "quit"},
	Activities: []fsm.Activity{
		fsm.In("Greet", fsm.Write, "hello\n", "said"),
		fsm.In("Listen", "command", "", "quit"),
		fsm.In("Noop", fsm.Write, "ok\n", "said"),
		fsm.In("Keep", "body", ".\n", "kept"),
		fsm.In("Kept", fsm.Write, "kept\n", "said"),
		fsm.In("Raw", fsm.Count, "", fsm.Closed),
		fsm.In("Bye", fsm.Expect, "bye\n", "said"),
	},
	Transitions: []fsm.Transition{
		fsm.On("Greet", "said", "Listen"), fsm.On("Listen", "noop", "Noop"), fsm.On("Noop", "said", "Listen"),
		fsm.On("Listen", "keep", "Keep"), fsm.On("Keep", "kept", "Kept"), fsm.On("Kept", "said", "Listen"),
		fsm.On("Listen", "raw", "Raw"), fsm.On("Raw", fsm.Closed, "End"),
		fsm.On("Listen", "refused", "Fault"),
		fsm.On("Listen", "quit", "Bye"), fsm.On("Bye", "said", "End"),
	},
	Hints: []fsm.Hint{{When: fsm.Silent, State: "Listen", Text: "who has nothing to say says quit"}},
	Own:   lineActions,
}).Else("Fault")

const longestLine = 12

var lineActions = []fsm.Own{
	{Action: "command", Events: []fsm.Event{"noop", "keep", "raw", "refused", fsm.Mismatched, fsm.Closed}},
	{Action: "body", Events: []fsm.Event{fsm.Mismatched, fsm.Closed}},
}

var doLines = map[fsm.Action]Do{"command": command, "body": body}

func command(s *Stream, _ fsm.Activity) fsm.Event {
	line, ended := s.Line(longestLine)
	if ended != "" {
		return ended
	}
	if !bytes.HasSuffix(line, []byte("\n")) {
		return s.Wrong(fmt.Errorf("a line of more than %d bytes", longestLine))
	}
	switch text := strings.TrimSpace(string(line)); text {
	case "quit":
		return ""
	case "noop", "keep", "raw":
		return fsm.Event(text)
	case "curse":
		return "refused"
	case "odd":
		return fsm.Mismatched
	case "strange":
		return "unheard"
	case "echo": // answers by itself, and takes three bytes that are no line
		if ended := s.Write([]byte("echo: ")); ended != "" {
			return ended
		}
		for left := 3; left > 0; {
			p := make([]byte, left)
			n, ended := s.Read(p)
			if ended == "" {
				ended = s.Write(p[:n])
			}
			if ended != "" {
				return ended
			}
			left -= n
		}
		return "noop"
	default:
		return s.Wrong(fmt.Errorf("no such command: %q", text))
	}
}

func body(s *Stream, a fsm.Activity) fsm.Event {
	for {
		line, ended := s.Line(longestLine)
		if ended != "" || bytes.Equal(line, []byte(a.Text)) {
			return ended
		}
		s.Count(len(line))
	}
}

func playLines(t *testing.T, a actor) *played {
	t.Helper()
	return play(t, &lines, a, func(s *session) { s.do = doLines })
}

func TestTableOfLinesIsValid(t *testing.T) {
	if err := lines.Validate(); err != nil {
		t.Error(err)
	}
}

// A conversation in circles goes the same way however its bytes arrive, all at
// once or in pieces, and what is read beyond a line is there for whatever comes
// next: a line, bytes, a text, or bytes to count.
func TestOwnActionsAndHowBytesArrive(t *testing.T) {
	played := 0
	for _, test := range []struct {
		says, hears, events string
		bytes               int64
	}{
		{"noop\nkeep\na\n\nbb\n.\nquit\nbye\n", "hello\nok\nkept\n", "said noop said keep kept said quit said", 6},
		{"keep\n12345678901234\n.\nquit\nbye\n", "hello\nkept\n", "said keep kept said quit said", 15}, // a line in pieces
		{"echo\nx\nynoop\nquit\nbye\n", "hello\necho: x\nyok\nok\n", "said noop said noop said quit said", 0},
		{"raw\nnoop\nquit\n\x00", "hello\n", "said raw closed", 11},
		{"12345678901\nquit\n", "hello\n", "said mismatched", 0}, // as long as a line may be
	} {
		for piece := 1; piece <= len(test.says); piece++ {
			p := playLines(t, func(peer *explore.Conn, _ context.CancelFunc) {
				for rest := test.says; rest != ""; rest = rest[min(piece, len(rest)):] {
					peer.Arrive(rest[:min(piece, len(rest))])
					time.Sleep(time.Millisecond)
				}
				peer.End()
			})
			if p.eventsText() != test.events || p.conn.Said() != test.hears || p.Bytes != test.bytes {
				t.Errorf("%q in pieces of %d: %s, heard %q, %d bytes; %s", test.says, piece, p.eventsText(), p.conn.Said(), p.Bytes, p.Explanation())
			}
			played++
		}
	}
	require.Ran(t, "conversations", played, 27+31+22+15+17)
}

// How an action of the table's own ends badly is told like any other end.
func TestOwnActionsThatEndBadly(t *testing.T) {
	for _, test := range []struct {
		name    string
		actor   actor
		event   fsm.Event
		elapsed time.Duration
		want    string
	}{
		{"an unknown command", sends("sing\n"), fsm.Mismatched, 0, `Listen: no such command: "sing"`},
		{"a line that is too long", sends("123456789012\n"), fsm.Mismatched, 0, "Listen: a line of more than 12 bytes"},
		{"one without an end", sends("123456", "789012"), fsm.Mismatched, time.Millisecond, "Listen: a line of more than 12 bytes"},
		{"no reason given", sends("odd\n"), fsm.Mismatched, 0, "Listen: the guest sent what may not come here"},
		{"an event of its own", sends("curse\n"), "refused", 0, "Listen: refused"},
		{"an end within a line", sends("noop\nno"), fsm.Closed, time.Millisecond, "Listen: the guest closed"},
		{"an end within the body", sends("keep\nno\n"), fsm.Closed, time.Millisecond, "Keep: the guest closed"},
		{"a silence within a line", func(peer *explore.Conn, _ context.CancelFunc) { peer.Arrive("no"); time.Sleep(time.Minute) },
			fsm.TimedOut, DefaultIdleTimeout, "Listen: no data for 10s; who has nothing to say says quit"},
		{"a guest that takes nothing", func(peer *explore.Conn, _ context.CancelFunc) {
			time.Sleep(time.Second)
			peer.Stall(2)
			peer.Arrive("echo\nxyz")
			time.Sleep(time.Minute)
		}, fsm.TimedOut, time.Second + DefaultIdleTimeout, "Listen: no data for 10s; the guest takes no data"},
		{"an end within bytes", sends("echo\nx"), fsm.Closed, time.Millisecond, "Listen: the guest closed"},
		{"a reset", func(peer *explore.Conn, _ context.CancelFunc) {
			peer.Arrive("no")
			time.Sleep(time.Second)
			peer.Fail(errBroken)
		},
			fsm.Failed, time.Second, "Listen: broken"},
		{"a shutdown", func(peer *explore.Conn, stop context.CancelFunc) { peer.Arrive("no"); time.Sleep(time.Second); stop() },
			fsm.Shutdown, time.Second, "Listen: told to stop"},
		{"a shutdown before what has arrived", func(peer *explore.Conn, stop context.CancelFunc) {
			time.Sleep(time.Second)
			stop()
			peer.Arrive("noop\n")
		},
			fsm.Shutdown, time.Second, "Listen: told to stop"},
	} {
		t.Run(test.name, func(t *testing.T) {
			p := playLines(t, test.actor)
			if p.State != "Fault" || p.Event != test.event || p.Elapsed != test.elapsed || p.Explanation() != test.want {
				t.Errorf("%s by %s after %s: %s; want %s by %s after %s", p.State, p.Event, p.Elapsed, p.Explanation(), test.want, test.event, test.elapsed)
			}
		})
	}
}

// What there is no room for is written when there is, if that is soon enough.
func TestOwnActionWritesInPieces(t *testing.T) {
	for pause, want := range map[time.Duration]struct {
		state, from fsm.State
		sent        string
	}{time.Second: {"End", "", "hello\necho: abcok\n"}, time.Minute: {"Fault", "Listen", "hello\necho"}} {
		p := play(t, &lines, func(peer *explore.Conn, _ context.CancelFunc) {
			peer.Arrive("echo\nabcquit\nbye\n")
			time.Sleep(pause)
			peer.Stall(1000)
		}, func(s *session) {
			s.do = doLines
			s.conn.(*explore.Conn).Stall(len("hello\necho"))
		})
		if p.State != want.state || p.From != want.from || p.conn.Said() != want.sent {
			t.Errorf("room after %s: %s, %s, sent %q, want %q", pause, p.State, p.Explanation(), p.conn.Said(), want.sent)
		}
	}
}

// An event that the table lacks is the program's bug, and told as one.
func TestOwnActionThatTheTableLacks(t *testing.T) {
	p := playLines(t, sends("strange\n"))
	if p.Good || !strings.Contains(p.Reason, `event "unheard" is not possible in state Listen`) {
		t.Errorf("%s: %s", p.State, p.Explanation())
	}
	var illegal *fsm.IllegalEventError
	if !errors.As(p.Err, &illegal) {
		t.Errorf("%v", p.Err)
	}
}

// What comes before it was asked for is wrong for a client also if it came behind
// a line.
func TestEarlyBehindALine(t *testing.T) {
	table := (&fsm.Table{
		Role: "guest", Peer: "keeper", Initial: "Listen", Terminal: []fsm.State{"End", "Fault"}, Good: []fsm.State{"End"},
		Activities: []fsm.Activity{
			fsm.In("Listen", "command", "", "quit"), fsm.In("Hear", fsm.Expect, "hi\n", "heard"), fsm.In("Say", fsm.Write, "yes\n", "said"),
		},
		Events:      []fsm.Event{"quit", "heard", "said"},
		Transitions: []fsm.Transition{fsm.On("Listen", "quit", "Hear"), fsm.On("Hear", "heard", "Say"), fsm.On("Say", "said", "End")},
		Own:         lineActions,
	}).Else("Fault")
	for says, want := range map[string]string{
		"quit\nhi\n":   "",
		"quit\nhi\nx":  `Hear: 'x' came after "hi\n", before that was answered; the keeper may send nothing more until it has read "yes\n"`,
		"quit\nhi\nxy": `(received "hi\n" >> "xy", hex 68 69 0a >> 78 79)`,
		"quit\nho\nxy": `(received "h" >> "o\nxy", hex 68 >> 6f 0a 78 79)`,
	} {
		p := play(t, &table, sends(says), func(s *session) { s.do, s.eager = doLines, true })
		if p.Good != (want == "") || !strings.Contains(p.Explanation(), want) {
			t.Errorf("%q: %s: %s; want %s", says, p.State, p.Explanation(), want)
		}
	}
}
