package transport

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing/synctest"
	"time"

	"accio/fsm"
)

// stimulus is what happens to a connection at rest, all at once.
type stimulus struct {
	labels []string // of the client's and the shutdown's rules at level 1
	// How the rest of the world is from now on, where level 1 leaves it open.
	silence, deaf, shut, open bool
}

func (s stimulus) String() string {
	names := slices.Clone(s.labels)
	for name, is := range map[string]bool{"silence": s.silence, "writes fail": s.deaf, "window shut": s.shut, "window open": s.open} {
		if is {
			names = append(names, name)
		}
	}
	return "[" + strings.Join(names, " + ") + "]"
}

const clientSends = "client sends "

// do gives the stimulus to the scripted connection.
func (s stimulus) do(conn *script, stop context.CancelFunc) {
	conn.change(func() { // or else the session could run in between
		for _, label := range s.labels {
			switch piece, sent := strings.CutPrefix(label, clientSends); {
			case sent:
				text, err := strconv.Unquote(piece)
				if err != nil {
					panic(label)
				}
				conn.arrived = append(conn.arrived, text...)
			case label == "client ends its side":
				conn.ended = true
			case label == "client resets", label == "client resets after its end":
				conn.broken = syscall.ECONNRESET
			case label == "shutdown comes":
				stop()
			default:
				panic("no such thing: " + label)
			}
		}
		switch {
		case s.deaf:
			conn.deaf = syscall.EPIPE
		case s.shut:
			conn.room = 0
		case s.open:
			conn.room = -1
		}
	})
	if s.silence {
		time.Sleep(idleLimit)
	}
}

// rest is where a session is when nothing moves any more, and how it came there.
type rest struct {
	events string // fired so far
	state  fsm.State
	at     int    // bytes read of the confirmation
	queue  string // bytes not read
	end    bool   // of the stream, not read
	reset  bool
}

// restless reports whether these are more events than any session has.
func restless(events string) bool { return strings.Count(events, " ") > maxEvents }

// coded plays the stimuli on the running loop, the first before service begins.
// It must be called in a bubble.
func coded(run []stimulus) rest {
	ctx, stop := context.WithCancel(context.Background())
	defer stop()
	x := &explored{conn: newScript()}
	s := &session{table: &fsm.Server, conn: x.conn, idle: idleLimit}
	var r rest
	s.machine = fsm.NewMachine(s.table, func(_ fsm.State, e fsm.Event, _ fsm.State) {
		if r.events += string(e) + " "; restless(r.events) {
			panic("a broken table goes in circles")
		}
	})
	ended := make(chan struct{})
	for i, what := range run {
		what.do(x.conn, stop)
		if i == 0 {
			go func() {
				defer close(ended)
				defer func() { _ = recover() }() // it shows in the events
				defer interrupt(ctx, s.conn)()
				s.run(ctx)
			}()
		}
		synctest.Wait()
	}
	at := r // what follows only ends it
	if at.state = s.machine.State(); !s.machine.Terminal() {
		k := x.key(s)
		at.at, at.queue, at.end, at.reset = k.at, k.queue, k.end, k.reset
	}
	stop()
	x.conn.stall(-1)
	<-ended
	if x.conn.timer != nil {
		x.conn.timer.Stop()
	}
	return at
}
