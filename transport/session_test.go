package transport

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"accio/explore"
	"accio/fsm"
	"accio/protocol"
)

const header = protocol.Confirm1 + protocol.Confirm2

// sends returns an actor that sends each text when the one before is taken.
func sends(texts ...string) actor {
	return func(peer *explore.Conn, _ context.CancelFunc) {
		for _, text := range texts {
			peer.Arrive(text)
			time.Sleep(time.Millisecond)
		}
		peer.End()
	}
}

// §1.1, §1.2, §1.3, §1.4, §1.5, §2.1, §2.2: each confirmation is asked for by a command of its own.
func TestCommandsAndConfirmationsTakeTurns(t *testing.T) {
	p := playServer(t, func(peer *explore.Conn, _ context.CancelFunc) {
		time.Sleep(time.Second)
		for i, text := range []string{protocol.Confirm1, protocol.Confirm2} {
			if got, want := peer.Said(), strings.Repeat("accio\r\n", i+1); got != want {
				t.Errorf("before confirmation %d the server has sent %q, want %q", i+1, got, want)
			}
			peer.Arrive(text[:len(text)-1])
			time.Sleep(time.Second)
			if got, want := peer.Said(), strings.Repeat("accio\r\n", i+1); got != want {
				t.Errorf("before the end of confirmation %d the server has sent %q, want %q", i+1, got, want)
			}
			peer.Arrive(text[len(text)-1:])
			time.Sleep(time.Second)
		}
		peer.Arrive("payload")
		peer.End()
	})
	p.wantDone(t, 7)
	if want := "accio\r\naccio\r\n"; p.conn.Said() != want {
		t.Errorf("sent %q, want %q", p.conn.Said(), want)
	}
	if want := "sent confirmed sent confirmed closed"; p.eventsText() != want {
		t.Errorf("events %s, want %s", p.eventsText(), want)
	}
	if got, want := fmt.Sprint(p.path), "[SendAccio1 AwaitConfirm1 SendAccio2 AwaitConfirm2 Streaming Done]"; got != want {
		t.Errorf("path %s, want %s", got, want)
	}
}

// §1.6: payloads that look like something else.
func TestPayloadIsWhateverFollowsTheHeader(t *testing.T) {
	for _, payload := range []string{"", "x", "\r\n", "\r\n\r\n", protocol.Accio, protocol.Confirm2, header, "\x00\xff\xf4\xff\xfd\x06"} {
		for _, glued := range []bool{true, false} {
			texts := []string{header, payload}
			if glued {
				texts = []string{header + payload}
			}
			playServer(t, sends(texts...)).wantDone(t, int64(len(payload)))
		}
	}
}

// §1.7: every wrong byte at every place of the header, whole and byte by byte,
// ends the session at that byte.
func TestEveryWrongByte(t *testing.T) {
	var failures explore.Shortest
	for at := range len(header) {
		for _, wrong := range []byte{'X', '\r', '\n', ' ', 0, 0xff, header[at] ^ 0x20} {
			if wrong == header[at] {
				continue
			}
			text := header[:at] + string(wrong) + header[at+1:]
			if wrong >= 0x80 {
				text = header[:at] + "\xff" + header[at+1:]
			}
			from := protocol.AwaitConfirm1
			if at >= len(protocol.Confirm1) {
				from = protocol.AwaitConfirm2
			}
			for _, limit := range []int{0, 1} {
				failures.Ran()
				p := playServer(t, sends(text), func(s *session) { s.conn.(*explore.Conn).Limit(limit) })
				if wrong := p.notEnd(from, fsm.Mismatched, 0); wrong != "" {
					failures.Failf([]int{at, limit}, "%q, %d bytes a call: %s", text, limit, wrong)
				}
			}
		}
	}
	wantSessions(t, &failures, 2*(38*7-6)) // six bytes of the header are one of the wrong ones
}

// states lists for each state of the server that waits how a client gets it
// there and what is missing then.
var states = []struct {
	state fsm.State
	sent  string
}{
	{protocol.AwaitConfirm1, ""},
	{protocol.AwaitConfirm1, protocol.Confirm1[:9]},
	{protocol.AwaitConfirm2, protocol.Confirm1},
	{protocol.AwaitConfirm2, protocol.Confirm1 + protocol.Confirm2[:21]},
	{protocol.Streaming, header},
	{protocol.Streaming, header + "some"},
}

// eachState runs an actor in every state, one second after the client has got
// the server there with so much payload.
func eachState(t *testing.T, then actor, check func(t *testing.T, state fsm.State, payload int64, p *played)) {
	for _, at := range states {
		t.Run(fmt.Sprintf("%s after %d bytes", at.state, len(at.sent)), func(t *testing.T) {
			check(t, at.state, max(0, int64(len(at.sent)-len(header))), playServer(t, func(peer *explore.Conn, stop context.CancelFunc) {
				peer.Arrive(at.sent)
				time.Sleep(time.Second)
				then(peer, stop)
			}))
		})
	}
}

// §3.3, and closed in Streaming.
func TestCloseInEveryState(t *testing.T) {
	eachState(t, func(peer *explore.Conn, _ context.CancelFunc) { peer.End() },
		func(t *testing.T, state fsm.State, payload int64, p *played) {
			if state == protocol.Streaming {
				p.wantDone(t, payload)
				return
			}
			p.wantEnd(t, state, fsm.Closed, time.Second)
		})
}

func TestResetInEveryState(t *testing.T) {
	eachState(t, func(peer *explore.Conn, _ context.CancelFunc) { peer.Reset() },
		func(t *testing.T, state fsm.State, _ int64, p *played) { p.wantEnd(t, state, fsm.Failed, time.Second) })
}

// §4.1: the limit holds in every state; the last byte came at 0 s.
func TestSilenceInEveryState(t *testing.T) {
	eachState(t, func(*explore.Conn, context.CancelFunc) {},
		func(t *testing.T, state fsm.State, _ int64, p *played) {
			p.wantEnd(t, state, fsm.TimedOut, 10*time.Second)
		})
}

// §6.4: a shutdown takes no further time.
func TestShutdownInEveryState(t *testing.T) {
	eachState(t, func(_ *explore.Conn, stop context.CancelFunc) { stop() },
		func(t *testing.T, state fsm.State, _ int64, p *played) {
			p.wantEnd(t, state, fsm.Shutdown, time.Second)
		})
}

// §5.3: a shutdown that came first still ends through the machine.
func TestShutdownBeforeTheFirstState(t *testing.T) {
	ctx, stop := context.WithCancel(context.Background())
	stop()
	var p played
	synctest.Test(t, func(*testing.T) {
		p.run(ctx, &protocol.Server, func(peer *explore.Conn, _ context.CancelFunc) { peer.Arrive(header); peer.End() })
	})
	p.wantEnd(t, protocol.SendAccio1, fsm.Shutdown, 0)
	if p.eventsText() != "shutdown" || p.conn.Said() != "" {
		t.Errorf("events %q, sent %q; want shutdown and nothing", p.eventsText(), p.conn.Said())
	}
}

// What has arrived, or is to be sent, when a shutdown comes between two
// activities is not counted.
func TestShutdownBetweenActivities(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, stop := context.WithCancel(t.Context())
		p, result := newStage(), Result{}
		p.Arrive(header + "payload")
		s := &Server{
			Table:  &protocol.Server,
			Result: func(r Result) error { result = r; return nil },
			Observe: func(tr Transition) {
				if tr.To == protocol.Streaming {
					stop()
				}
			},
		}
		if err := s.Serve(ctx, p); err != nil || result.From != protocol.Streaming || result.Event != fsm.Shutdown || result.Bytes != 0 {
			t.Errorf("%v, %s, %d bytes", err, result.Explanation(), result.Bytes)
		}
	})
	synctest.Test(t, func(t *testing.T) {
		ctx, stop := context.WithCancel(t.Context())
		peer := explore.NewConn()
		go takesTurns(peer, protocol.Accio+protocol.Accio)
		c := &Client{Table: &protocol.Client, Observe: func(tr Transition) {
			if tr.To == protocol.SendFile {
				stop()
			}
		}}
		result, err := c.send(ctx, peer, DefaultIdleTimeout, strings.NewReader("file"), Result{Started: time.Now()})
		if err == nil || result.From != protocol.SendFile || result.Event != fsm.Shutdown || result.Bytes != 0 || c.Sent() != 0 {
			t.Errorf("%v, %d bytes, %d sent", err, result.Bytes, c.Sent())
		}
		peer.Close()
	})
}

// What was taken by the call in which a shutdown comes is counted.
func TestShutdownWithinACall(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, stop := context.WithCancel(t.Context())
		conn := explore.NewConn()
		conn.Arrive(header + "payload")
		s := &session{table: &protocol.Server, idle: DefaultIdleTimeout, conn: stopsThen{conn, stop}, machine: fsm.NewMachine(&protocol.Server, nil)}
		if r := s.conclude(ctx, Result{Started: time.Now()}); r.From != protocol.Streaming || r.Event != fsm.Shutdown || r.Bytes != 7 {
			t.Errorf("%s, %d bytes", r.Explanation(), r.Bytes)
		}
		conn.Close()
	})
}

// stopsThen is told to stop whenever bytes of a payload are taken.
type stopsThen struct {
	*explore.Conn
	stop func()
}

func (c stopsThen) Discard() (int64, error) {
	defer c.stop()
	return c.Conn.Discard()
}

// Who has been interrupted goes on when the interruption is over.
func TestInterruptIsWaitedFor(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, stop := context.WithCancel(t.Context())
		uninterrupt := interrupt(ctx, slowDeadline{explore.NewConn()})
		stop()
		synctest.Wait()
		began := time.Now()
		if uninterrupt(); time.Since(began) != time.Second {
			t.Errorf("it took %s", time.Since(began))
		}
	})
}

// slowDeadline takes a second to set one.
type slowDeadline struct{ *explore.Conn }

func (slowDeadline) SetDeadline(time.Time) error { time.Sleep(time.Second); return nil }

// The writing states: a peer that takes no byte, or half a command.
func TestWritingStates(t *testing.T) {
	for _, at := range []struct {
		state fsm.State
		room  int
		sent  string
	}{
		{protocol.SendAccio1, 0, header}, {protocol.SendAccio1, 3, header}, {protocol.SendAccio1, 5, header},
		{protocol.SendAccio2, 7, header}, {protocol.SendAccio2, 10, header},
	} {
		begin := func(peer *explore.Conn) {
			peer.Arrive(at.sent)
			time.Sleep(time.Second)
		}
		stalled := func(s *session) { s.conn.(*explore.Conn).Stall(at.room) }
		t.Run(fmt.Sprintf("%s, room for %d", at.state, at.room), func(t *testing.T) {
			// §4.2: a write does not restart the clock; the bytes that came at 0 s did.
			playServer(t, func(peer *explore.Conn, _ context.CancelFunc) { begin(peer); peer.Stall(1) }, stalled).
				wantEnd(t, at.state, fsm.TimedOut, 10*time.Second)
			playServer(t, func(peer *explore.Conn, stop context.CancelFunc) { begin(peer); stop() }, stalled).
				wantEnd(t, at.state, fsm.Shutdown, time.Second)
			playServer(t, func(peer *explore.Conn, _ context.CancelFunc) { begin(peer); peer.Reset() }, stalled).
				wantEnd(t, at.state, fsm.Failed, time.Second)
			playServer(t, func(peer *explore.Conn, _ context.CancelFunc) { begin(peer); peer.Stall(-1); peer.End() }, stalled).
				wantDone(t, 0)
		})
	}
}

// §4.2: bytes that arrive restart the clock, nothing else does.
func TestIdleLimitIsMeasuredFromTheLastByte(t *testing.T) {
	slow := playServer(t, func(peer *explore.Conn, _ context.CancelFunc) {
		for _, b := range []byte(header + "payload") {
			time.Sleep(9 * time.Second)
			peer.Arrive(string(b))
		}
		time.Sleep(9 * time.Second)
		peer.End()
	})
	slow.wantDone(t, 7)

	burst := playServer(t, func(peer *explore.Conn, _ context.CancelFunc) {
		peer.Arrive(header)
		for range 40 {
			time.Sleep(100 * time.Millisecond)
			peer.Arrive("burst")
		}
	})
	burst.wantEnd(t, protocol.Streaming, fsm.TimedOut, 14*time.Second)

	edge := playServer(t, func(peer *explore.Conn, _ context.CancelFunc) {
		time.Sleep(10*time.Second - 1)
		peer.Arrive("c")
		time.Sleep(10*time.Second - 1)
		peer.Arrive("o")
	})
	edge.wantEnd(t, protocol.AwaitConfirm1, fsm.TimedOut, 30*time.Second-2)

	limit := playServer(t, func(*explore.Conn, context.CancelFunc) {}, func(s *session) { s.idle = time.Minute })
	limit.wantEnd(t, protocol.AwaitConfirm1, fsm.TimedOut, time.Minute)
}

// §2.6: the error is told once, and Error is where it leads.
func TestAnErrorIsReadOnce(t *testing.T) {
	p := playServer(t, func(peer *explore.Conn, _ context.CancelFunc) {
		peer.Arrive(header + "data")
		time.Sleep(time.Second)
		peer.Fail(errBroken)
	})
	p.wantEnd(t, protocol.Streaming, fsm.Failed, time.Second)
	if p.Err != errBroken || p.Bytes != 4 {
		t.Errorf("error %v after %d bytes, want %v after 4", p.Err, p.Bytes, errBroken)
	}
	for _, ends := range []func(*explore.Conn){(*explore.Conn).End, (*explore.Conn).Reset, func(*explore.Conn) {}} {
		errors, last := 0, time.Time{}
		playServer(t, func(peer *explore.Conn, _ context.CancelFunc) { peer.Arrive("con"); synctest.Wait(); ends(peer) },
			func(s *session) { s.conn = &errorCounter{s.conn.(*explore.Conn), &errors, &last} })
		if errors != 1 {
			t.Errorf("%d errors were read, want 1", errors)
		}
	}
}

// §1.12
func TestAResetAfterTheEndChangesNothing(t *testing.T) {
	p := playServer(t, func(peer *explore.Conn, _ context.CancelFunc) {
		peer.Arrive(header)
		synctest.Wait() // both commands are written
		peer.AtOnce(func(c explore.Client) { c.Arrive("data"); c.End(); c.Reset() })
	})
	p.wantDone(t, 4)
}

// §2.3: an event that the table lacks is told, and the result is an error.
func TestAnEventThatTheTableLacks(t *testing.T) {
	table := protocol.Server.Clone()
	table.Transitions = table.Transitions[1:] // SendAccio1 on sent
	p := play(t, &table, sends(header))
	if p.State != protocol.SendAccio1 || p.Good || p.From != protocol.SendAccio1 || p.Event != protocol.Sent || p.Err == nil || p.Err.Error() != p.Reason ||
		!strings.Contains(p.Reason, `event "sent" is not possible in state SendAccio1`) {
		t.Errorf("ended in %s from %s: %s", p.State, p.From, p.Reason)
	}

	table = protocol.Server.Clone()
	table.Transitions = slices.DeleteFunc(table.Transitions, func(tr fsm.Transition) bool { return tr.From == protocol.AwaitConfirm1 && tr.Event == fsm.Closed })
	p = play(t, &table, sends())
	if p.State != protocol.AwaitConfirm1 || p.Event != fsm.Closed || !strings.Contains(p.Reason, `event "closed" is not possible in state AwaitConfirm1`) {
		t.Errorf("ended in %s by %s: %s", p.State, p.Event, p.Reason)
	}

	table = protocol.Server.Clone()
	table.Activities[0].Action = "juggle"
	p = play(t, &table, sends(header))
	if p.Event != fsm.Failed || !strings.Contains(p.Reason, `no such action: "juggle"`) {
		t.Errorf("ended by %s: %s", p.Event, p.Reason)
	}
}

// The end of the payload is the event that the table names for it.
func TestTheEndHasTheNameThatTheTableGivesIt(t *testing.T) {
	table := protocol.Server.Clone()
	for i, a := range table.Activities {
		if a.Action == fsm.Count {
			table.Activities[i].Ends = protocol.Sent
		}
	}
	for i, tr := range table.Transitions {
		if tr.From == protocol.Streaming && tr.Event == fsm.Closed {
			table.Transitions[i].Event = protocol.Sent
		}
	}
	play(t, &table, sends(header+"payload")).wantDone(t, 7)
}

// A server says what its own table wants.
func TestServerGoesByItsTable(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, stop := context.WithCancel(t.Context())
		table := protocol.Server.Clone()
		table.Activities[0].Text = "welcome\r\n"
		p := newStage()
		p.Arrive(header + "payload")
		p.End()
		s := &Server{Table: &table, Result: func(r Result) error {
			if r.State != protocol.Done || r.Bytes != 7 {
				t.Errorf("%s with %d bytes", r.State, r.Bytes)
			}
			stop()
			return nil
		}}
		if err := s.Serve(ctx, p); err != nil || p.Said() != "welcome\r\n"+protocol.Accio {
			t.Errorf("%v; sent %q", err, p.Said())
		}
	})
}
