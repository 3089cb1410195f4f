package transport

import (
	"context"
	"errors"
	"io"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"accio/explore"
	"accio/fsm"
	"accio/protocol"
)

// playClient plays a session of the client's table that uploads file.
func playClient(t *testing.T, file io.Reader, a actor) *played {
	t.Helper()
	return play(t, &protocol.Client, a, func(s *session) {
		s.eager = true
		s.file = newSource(file, s.conn)
	})
}

// serves plays the good server up to its close.
func serves(peer *explore.Conn, _ context.CancelFunc) {
	for range 2 {
		peer.Arrive(protocol.Accio)
		time.Sleep(time.Millisecond)
	}
	time.Sleep(time.Second)
	peer.End()
}

// §7.1, §7.2
func TestClientSendsTheFile(t *testing.T) {
	regular := tempFile(t, 1000) // on a connection that the system does not send files on
	for _, file := range []string{"", "x", strings.Repeat("0123456789", 100_000), string(make([]byte, 1000))} {
		var reader io.Reader = strings.NewReader(file)
		if len(file) == 1000 {
			reader = regular
		}
		p := playClient(t, reader, serves)
		if p.State != protocol.Done || p.conn.Said() != header+file || !p.conn.HalfClosed() || p.Bytes != int64(len(file)) {
			t.Errorf("%d bytes: ended in %s (%s), sent %d bytes, half-closed: %v", len(file), p.State, p.Explanation(), len(p.conn.Said()), p.conn.HalfClosed())
		}
	}
}

// A client says what its own table wants.
func TestClientGoesByItsTable(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		table := protocol.Client.Clone()
		table.Activities[1].Text = "yes\r\n"
		peer := explore.NewConn()
		go func() { takesTurns(peer, protocol.Accio+protocol.Accio); synctest.Wait(); peer.End() }()
		c := &Client{Table: &table}
		_, err := c.send(t.Context(), peer, DefaultIdleTimeout, strings.NewReader("file"), Result{Started: time.Now()})
		if want := "yes\r\n" + protocol.Confirm2 + "file"; err != nil || peer.Said() != want {
			t.Errorf("%v; sent %q, want %q", err, peer.Said(), want)
		}
		peer.Close()
	})
}

// What those who observe it take is not the server's silence (§7.3): the limit
// is for each state.
func TestClientThatIsObservedSlowly(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		peer, began := explore.NewConn(), time.Now()
		peer.Arrive(protocol.Accio)
		c := &Client{Table: &protocol.Client, Observe: func(tr Transition) {
			if tr.To == protocol.AwaitAccio2 {
				time.Sleep(6 * time.Second)
			}
		}}
		p := played{conn: peer}
		p.Result, _ = c.send(t.Context(), peer, DefaultIdleTimeout, strings.NewReader(""), Result{Started: began})
		p.wantEnd(t, protocol.AwaitAccio2, fsm.TimedOut, 16*time.Second)
		peer.Close()
	})
}

// §7.1, §7.3: silence, close, reset, a wrong byte and a shutdown in every
// state in which the client waits, two seconds after it has got there.
func TestClientWaiting(t *testing.T) {
	for _, at := range []struct {
		state   fsm.State
		arrives string
	}{
		{protocol.AwaitAccio1, ""}, {protocol.AwaitAccio1, "acc"}, {protocol.AwaitAccio2, protocol.Accio}, {protocol.AwaitAccio2, protocol.Accio + "accio\r"},
		{protocol.AwaitClose, protocol.Accio + protocol.Accio},
	} {
		for _, then := range []struct {
			event fsm.Event
			do    actor
			after time.Duration
		}{
			{fsm.TimedOut, func(*explore.Conn, context.CancelFunc) {}, 10 * time.Second},
			{fsm.Closed, func(peer *explore.Conn, _ context.CancelFunc) { peer.End() }, 2 * time.Second},
			{fsm.Failed, func(peer *explore.Conn, _ context.CancelFunc) { peer.Reset() }, 2 * time.Second},
			{fsm.Mismatched, func(peer *explore.Conn, _ context.CancelFunc) { peer.Arrive("?") }, 2 * time.Second},
			{fsm.Shutdown, func(_ *explore.Conn, stop context.CancelFunc) { stop() }, 2 * time.Second},
		} {
			p := playClient(t, strings.NewReader("file"), func(peer *explore.Conn, stop context.CancelFunc) {
				takesTurns(peer, at.arrives)
				time.Sleep(2 * time.Second)
				then.do(peer, stop)
			})
			if at.state == protocol.AwaitClose && then.event == fsm.Closed {
				p.wantDone(t, 4)
				continue
			}
			p.wantEnd(t, at.state, then.event, then.after)
		}
	}
}

// §7.3: progress restarts the limit while the client sends.
func TestClientSending(t *testing.T) {
	file := strings.Repeat("x", 3*uploadChunk)
	takes := func(pause time.Duration, times int) actor {
		return func(peer *explore.Conn, _ context.CancelFunc) {
			peer.Stall(len(header))
			takesTurns(peer, protocol.Accio+protocol.Accio)
			for range times {
				time.Sleep(pause)
				peer.Stall(1000)
			}
			time.Sleep(pause)
			peer.Stall(-1)
			time.Sleep(pause)
			peer.End()
		}
	}
	playClient(t, strings.NewReader(file), takes(9*time.Second, 20)).wantDone(t, int64(len(file)))
	playClient(t, strings.NewReader(file), takes(11*time.Second, 0)).wantEnd(t, protocol.SendFile, fsm.TimedOut, 10*time.Second)

	// A byte every nine seconds is progress too, of a confirmation as of the file.
	p := playClient(t, strings.NewReader(""), func(peer *explore.Conn, _ context.CancelFunc) {
		peer.Stall(0)
		peer.Arrive(protocol.Accio)
		for range protocol.Confirm1 {
			time.Sleep(9 * time.Second)
			peer.Stall(1)
		}
	})
	p.wantEnd(t, protocol.AwaitAccio2, fsm.TimedOut, 9*time.Duration(len(protocol.Confirm1))*time.Second+10*time.Second)

	for _, room := range []int{0, len(protocol.Confirm1) + 3} {
		p := playClient(t, strings.NewReader(file), func(peer *explore.Conn, _ context.CancelFunc) {
			peer.Stall(room)
			takesTurns(peer, protocol.Accio+protocol.Accio)
		})
		if p.Event != fsm.TimedOut || p.Elapsed != 10*time.Second {
			t.Errorf("room for %d: ended by %s from %s after %s", room, p.Event, p.From, p.Elapsed)
		}
	}

	p = playClient(t, strings.NewReader(file), func(peer *explore.Conn, _ context.CancelFunc) {
		peer.Stall(len(header) + 10)
		takesTurns(peer, protocol.Accio+protocol.Accio)
		time.Sleep(time.Second)
		peer.Reset()
	})
	p.wantEnd(t, protocol.SendFile, fsm.Failed, time.Second)
}

// sluggish is a connection whose client's system has not acknowledged all.
type sluggish struct {
	*explore.Conn
	left func() int
}

func (s *sluggish) unacked() int { return s.left() }

// §4.2, §7.3: that the peer's system acknowledges something is progress for a
// client, which it sees within an eighth of the limit, and none for a server.
func TestAcknowledgementsAreProgressForAClient(t *testing.T) {
	for _, eager := range []bool{true, false} {
		p := play(t, &protocol.Client, func(peer *explore.Conn, _ context.CancelFunc) { time.Sleep(time.Second); peer.Arrive("a") }, func(s *session) {
			began := time.Now()
			s.eager = eager
			s.conn = &sluggish{s.conn.(*explore.Conn), func() int {
				if time.Since(began) < 6*time.Second {
					return 100
				}
				return 50
			}}
		})
		// It looks at 1.25, 2.5, …, 6.25 s, and last at the end of the limit.
		p.wantEnd(t, protocol.AwaitAccio1, fsm.TimedOut, map[bool]time.Duration{true: 16250, false: 11000}[eager]*time.Millisecond)
	}
}

// A file that comes slowly is not the server's silence; a shutdown ends the
// wait for it at once.
func TestClientWaitsForTheFile(t *testing.T) {
	run := func(stopAfter time.Duration) *played {
		return play(t, &protocol.Client, func(peer *explore.Conn, stop context.CancelFunc) {
			takesTurns(peer, protocol.Accio+protocol.Accio)
			time.Sleep(stopAfter)
			stop()
			time.Sleep(3 * time.Hour) // outlives the reader
		}, func(s *session) { s.eager = true; s.file = newSource(&slowReader{3}, s.conn) })
	}
	run(90*time.Minute).wantEnd(t, protocol.SendFile, fsm.Shutdown, 90*time.Minute)
	run(3*time.Hour+time.Second).wantEnd(t, protocol.AwaitClose, fsm.Shutdown, 3*time.Hour+time.Second)

	// Nor is what takes less than an interval: the limit begins with the bytes.
	const pause = 900 * time.Millisecond
	pausing := func(text string) io.Reader {
		return readFunc(func(p []byte) (int, error) {
			time.Sleep(pause)
			n := copy(p, text)
			text = text[n:]
			return n, map[bool]error{n == 0: io.EOF}[true]
		})
	}
	playClient(t, pausing("file"), func(peer *explore.Conn, _ context.CancelFunc) {
		peer.Stall(len(header))
		takesTurns(peer, protocol.Accio+protocol.Accio)
		time.Sleep(time.Minute) // outlives the reader
	}).wantEnd(t, protocol.SendFile, fsm.TimedOut, pause+10*time.Second)
	synctest.Test(t, func(t *testing.T) {
		peer, silence := explore.NewConn(), time.Duration(-1)
		go takesTurns(peer, protocol.Accio+protocol.Accio)
		c := &Client{Table: &protocol.Client, Observe: func(tr Transition) {
			if tr.To == protocol.AwaitClose {
				silence = tr.Silence
				peer.End()
			}
		}}
		if _, err := c.send(t.Context(), peer, DefaultIdleTimeout, pausing("file"), Result{Started: time.Now()}); err != nil || silence != 0 {
			t.Errorf("%v; %s of silence at the end of the file", err, silence)
		}
		peer.Close()
	})
}

// slowReader takes an hour for each of its pieces.
type slowReader struct{ left int }

func (r *slowReader) Read(p []byte) (int, error) {
	if r.left == 0 {
		return 0, io.EOF
	}
	r.left--
	time.Sleep(time.Hour)
	return copy(p, "slow"), nil
}

func TestClientFileThatCannotBeRead(t *testing.T) {
	reads := 0
	broken := io.MultiReader(strings.NewReader("some"), readFunc(func([]byte) (int, error) { reads++; return 0, errBroken }))
	p := playClient(t, broken, serves)
	p.wantEnd(t, protocol.SendFile, fsm.Failed, time.Millisecond)
	if !errors.Is(p.Err, errBroken) || p.conn.HalfClosed() || reads != 1 {
		t.Errorf("error %v, half-closed: %v, read %d times; want %v, no end of the stream, and once", p.Err, p.conn.HalfClosed(), reads, errBroken)
	}
}

// §7.6: a server that leaves is seen before the client ends its side, and
// within a second while the file has nothing to give.
func TestClientSeesAServerThatLeavesEarly(t *testing.T) {
	for _, leaves := range []struct {
		how func(*explore.Conn)
		why string
	}{
		{func(peer *explore.Conn) { peer.End() }, "the server closed before the file was sent"},
		{func(peer *explore.Conn) { peer.Arrive("?") }, "the server sent something while it was to receive"},
		{func(peer *explore.Conn) { peer.Reset() }, "the server reset the connection"},
	} {
		want := func(p *played, elapsed time.Duration) {
			t.Helper()
			p.wantEnd(t, protocol.SendFile, fsm.Failed, elapsed)
			if p.Reason != leaves.why || p.conn.HalfClosed() {
				t.Errorf("reason %q, half-closed: %v; want %q and no end of the stream", p.Reason, p.conn.HalfClosed(), leaves.why)
			}
		}
		quick := readFunc(func([]byte) (int, error) { time.Sleep(time.Millisecond); return 0, io.EOF })
		want(playClient(t, quick, func(peer *explore.Conn, _ context.CancelFunc) {
			takesTurns(peer, protocol.Accio+protocol.Accio)
			time.Sleep(time.Microsecond)
			leaves.how(peer)
		}), time.Millisecond)
		want(playClient(t, &slowReader{3}, func(peer *explore.Conn, _ context.CancelFunc) {
			takesTurns(peer, protocol.Accio+protocol.Accio)
			time.Sleep(90*time.Minute + time.Second/2)
			leaves.how(peer)
			time.Sleep(3 * time.Hour) // outlives the reader
		}), 90*time.Minute+time.Second)
	}
}

// §7.10: what comes before it was asked for is wrong, and is seen before the
// client answers.
func TestClientSeesAServerThatDoesNotTakeTurns(t *testing.T) {
	early := func(answer string) string {
		return `'a' came after "accio\r\n", before that was answered; the server may send nothing more until it has read ` + answer +
			` (received "accio\r\n" >> "accio\r\n", hex 61 63 63 69 6f 0d 0a >> 61 63 63 69 6f 0d 0a)`
	}
	ran := 0
	for _, test := range []struct {
		from    fsm.State
		arrives string
		then    func(*explore.Conn)
		event   fsm.Event
		why     string
	}{
		{protocol.AwaitAccio1, protocol.Accio + protocol.Accio, nil, fsm.Mismatched, early(`"confirm-accio\r\n"`)},
		{protocol.AwaitAccio2, protocol.Accio + protocol.Accio, nil, fsm.Mismatched, early(`"confirm-accio-again\r\n\r\n"`)},
		{protocol.AwaitAccio1, protocol.Accio, (*explore.Conn).End, fsm.Closed, `the server closed after "accio\r\n", before that was answered; received "accio\r\n"`},
		{protocol.AwaitAccio1, protocol.Accio, (*explore.Conn).Reset, fsm.Failed, `the server reset the connection; received "accio\r\n"`},
	} {
		ran++
		p := playClient(t, strings.NewReader("file"), func(peer *explore.Conn, _ context.CancelFunc) {
			if test.from == protocol.AwaitAccio2 {
				peer.Arrive(protocol.Accio)
			}
			time.Sleep(time.Second)
			peer.Arrive(test.arrives)
			if test.then != nil {
				test.then(peer)
			}
		})
		p.wantEnd(t, test.from, test.event, time.Second)
		want := map[fsm.State]string{protocol.AwaitAccio1: "", protocol.AwaitAccio2: protocol.Confirm1}[test.from]
		if got := p.Explanation(); got != string(test.from)+": "+test.why || p.conn.Said() != want {
			t.Errorf("%s\nwant %s: %s\nsent %q, want %q", got, test.from, test.why, p.conn.Said(), want)
		}
	}
	if ran != 4 {
		t.Errorf("%d servers, want 4", ran)
	}

	// So it is however long the commands of a table are.
	table := protocol.Client.Clone()
	table.Activities[0].Text = strings.Repeat("accio ", 10)
	early60 := play(t, &table, func(peer *explore.Conn, _ context.CancelFunc) { peer.Arrive(table.Activities[0].Text + "!") },
		func(s *session) { s.eager = true; s.file = newSource(strings.NewReader("file"), s.conn) })
	early60.wantEnd(t, protocol.AwaitAccio1, fsm.Mismatched, 0)

	// A client that asks for nothing in between gets both.
	table = protocol.Client.Clone()
	for i, tr := range table.Transitions {
		if tr.From == protocol.AwaitAccio1 && tr.Event == protocol.Commanded {
			table.Transitions[i].To = protocol.AwaitAccio2
		}
	}
	p := play(t, &table, func(peer *explore.Conn, _ context.CancelFunc) {
		peer.Arrive(protocol.Accio + protocol.Accio)
		time.Sleep(time.Second)
		peer.End()
	}, func(s *session) { s.eager = true; s.file = newSource(strings.NewReader("file"), s.conn) })
	p.wantDone(t, 4)
}

// A shutdown that comes while the client looks for what comes too early is the
// next event.
func TestShutdownWhileTheClientLooks(t *testing.T) {
	var p played
	synctest.Test(t, func(t *testing.T) {
		ctx, stop := context.WithCancel(t.Context())
		defer stop()
		p.conn = explore.NewConn()
		p.conn.Arrive(protocol.Accio)
		s := &session{table: &protocol.Client, idle: DefaultIdleTimeout, eager: true, file: newSource(strings.NewReader(""), p.conn)}
		defer s.file.close()
		s.conn = &frozen{p.conn, 2, func() { stop(); synctest.Wait() }}
		s.machine = fsm.NewMachine(s.table, nil)
		defer interrupt(ctx, s.conn)()
		p.Result = s.conclude(ctx, Result{Started: time.Now()})
	})
	p.wantEnd(t, protocol.AwaitAccio1, fsm.Shutdown, 0)
	if p.conn.Said() != "" {
		t.Errorf("sent %q, want nothing", p.conn.Said())
	}
}

// What can go wrong while the client ends its side of the stream.
func TestClientEndsItsSide(t *testing.T) {
	for _, test := range []struct {
		at   string // the call of the connection before which it happens
		do   func(*explore.Conn, context.CancelFunc)
		want fsm.Event
		why  string
	}{
		{"read", func(peer *explore.Conn, _ context.CancelFunc) { peer.Reset() }, fsm.Failed, "the server reset the connection; its log says why"},
		{"read", func(_ *explore.Conn, stop context.CancelFunc) { stop() }, fsm.Shutdown, "told to stop"},
		{"close", func(peer *explore.Conn, _ context.CancelFunc) { peer.Fail(errBroken) }, fsm.Failed, "broken"},
	} {
		var p played
		synctest.Test(t, func(t *testing.T) {
			ctx, stop := context.WithCancel(t.Context())
			defer stop()
			p.conn = explore.NewConn()
			go takesTurns(p.conn, protocol.Accio+protocol.Accio)
			s := &session{table: &protocol.Client, idle: DefaultIdleTimeout, eager: true, file: newSource(strings.NewReader(""), p.conn)}
			defer s.file.close()
			s.conn = &meddler{p.conn, s, test.at, func() { test.do(p.conn, stop) }}
			s.machine = fsm.NewMachine(s.table, nil)
			defer interrupt(ctx, s.conn)()
			p.Result = s.conclude(ctx, Result{Started: time.Now()})
		})
		p.wantEnd(t, protocol.SendFile, test.want, 0)
		if got, want := p.Explanation(), "SendFile: "+test.why; got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	}
}

// meddler lets something happen before a call in SendFile.
type meddler struct {
	*explore.Conn
	session *session
	at      string
	happens func()
}

func (e *meddler) Read(p []byte) (int, error) {
	if e.at == "read" && e.session.machine.State() == protocol.SendFile {
		e.happens()
	}
	return e.Conn.Read(p)
}

func (e *meddler) CloseWrite() error {
	if e.at == "close" {
		e.happens()
	}
	return e.Conn.CloseWrite()
}

// §7.7: a shutdown ends the client's wait at the moment at which it comes, in
// every state in which the server keeps it waiting, and not when the client
// would have looked again.
func TestClientIsInterrupted(t *testing.T) {
	const stopAfter = 2300 * time.Millisecond // no multiple of any interval
	ran := 0
	for _, at := range []struct {
		state   fsm.State
		arrives string
		room    int // for what the client sends; negative: any number
		file    io.Reader
	}{
		{protocol.AwaitAccio1, "", -1, strings.NewReader("")},
		{protocol.SendConfirm1, protocol.Accio, 3, strings.NewReader("")},
		{protocol.AwaitAccio2, protocol.Accio, -1, strings.NewReader("")},
		{protocol.SendConfirm2, protocol.Accio + protocol.Accio, len(protocol.Confirm1), strings.NewReader("")},
		{protocol.SendFile, protocol.Accio + protocol.Accio, len(header) + 1, strings.NewReader("file")},
		{protocol.SendFile, protocol.Accio + protocol.Accio, -1, &slowReader{1}},
		{protocol.AwaitClose, protocol.Accio + protocol.Accio, -1, strings.NewReader("file")},
	} {
		synctest.Test(t, func(t *testing.T) {
			ctx, stop := context.WithCancel(t.Context())
			defer stop()
			peer := explore.NewConn()
			peer.Stall(at.room)
			go takesTurns(peer, at.arrives)
			began := time.Now()
			time.AfterFunc(stopAfter, stop)
			p := played{conn: peer}
			var err error
			p.Result, err = (&Client{Table: &protocol.Client}).send(ctx, peer, DefaultIdleTimeout, at.file, Result{Started: began})
			var ended *SessionError
			if !errors.As(err, &ended) || ended.Result.Event != fsm.Shutdown {
				t.Errorf("%s: %v, want the shutdown", at.state, err)
			}
			p.wantEnd(t, at.state, fsm.Shutdown, stopAfter)
			peer.Close()
			ran++
			time.Sleep(2 * time.Hour) // outlives the reader
		})
	}
	if ran != 7 {
		t.Errorf("%d states, want 7", ran)
	}
}
