package transport

import (
	"context"
	"errors"
	"fmt"
	"io"
	"sync/atomic"
	"time"

	"accio/fsm"
)

// DefaultIdleTimeout is the idle limit of docs/protocol.md §4.
const DefaultIdleTimeout = 10 * time.Second

// session is one connection on its way through a table.
type session struct {
	table   *fsm.Table
	machine *fsm.Machine
	conn    Conn
	file    source // what Upload sends
	do      map[fsm.Action]Do
	idle    time.Duration // the idle limit
	// eager has the client's rules (§7) instead of the server's (§1.9, §4):
	// progress of any kind restarts the clock, not only bytes that arrive, and
	// what comes before it was asked for is wrong.
	eager bool

	preface   preface // what comes before the first activity; nil: nothing
	limit     limiter
	abort     atomic.Pointer[error] // why nothing of it counts any more; others may set it
	began     bool                  // run has
	doing     fsm.Activity          // that of the present state
	rests     bool                  // it goes on when conn has more
	pause     func()                // waits for that where run cannot return; nil: it can
	clock     time.Time             // what the idle limit is measured from
	unacked   int                   // what conn has told of that, last
	payload   atomic.Int64          // bytes counted or uploaded; other goroutines may read it, and published
	published published
	end       ending // how the last activity ended
	room      []byte // for lines
	unread    []byte // has arrived, behind a line or a preface
	text      []byte // room for what arrives: the longest text of the table, or what is shown of a wrong one
}

// ending is what is known of the activity that ended last, for the people who
// read the log.
type ending struct {
	from    fsm.State
	event   fsm.Event
	err     error  // behind Failed and Aborted, and behind an event that the table does not have
	writing bool   // a Stream could not write on
	written int    // by Write, of its text
	arrived []byte // by Expect and Drain, of what they read
	right   int    // so many of them were as wanted; the next, if there is one, was not
}

// elapsed is a time that has passed: as a deadline it stops all waiting.
var elapsed = time.Unix(1, 0)

// interrupt makes conn stop waiting when ctx is done, until the returned
// function is called.
func interrupt(ctx context.Context, conn Conn) (stop func()) {
	done := make(chan struct{})
	remove := context.AfterFunc(ctx, func() {
		defer close(done)
		conn.SetDeadline(elapsed)
	})
	return func() {
		if !remove() {
			<-done
		}
	}
}

// run drives the machine until it is terminal. It returns an error only where
// the machine refuses what happened (see fsm.Machine.Fire).
//
// When ctx is done, the activity ends with the event shutdown. For that the
// caller sets the deadline to elapsed once ctx is done, as interrupt does: it
// wakes a call that waits, and none begins to wait after it, because the loop
// looks at ctx after it has set a deadline itself.
//
// Where conn says errRests, run returns with rests set, and is called again when
// conn may have more, when its deadline has passed or ctx is done.
func (s *session) run(ctx context.Context) error {
	if !s.began {
		s.begin()
	}
	for {
		if !s.rests {
			at := s.machine.State()
			if s.table.IsTerminal(at) {
				return nil
			}
			s.end, s.doing = ending{from: at}, s.table.Activity(at)
			s.published.enter(s.table, at)
		}
		s.end.event = s.step(ctx)
		if s.rests = s.end.event == resting; s.rests {
			return nil
		}
		if err := s.machine.Fire(s.end.event); err != nil {
			s.end.err = errors.Join(s.end.err, err)
			return err
		}
	}
}

func (s *session) begin() {
	s.began = true
	longest := shown
	for _, a := range s.table.Activities {
		longest = max(longest, len(a.Text)+1)
	}
	if len(s.text) < longest {
		s.text = make([]byte, longest)
	}
	s.restart()
	s.arm()
}

// perform does what a state asks for and returns how it ended.
func (s *session) perform(ctx context.Context, a fsm.Activity) fsm.Event {
	if s.eager {
		s.restart()
	}
	var event fsm.Event
	switch a.Action {
	case fsm.Write:
		event = s.write(ctx, a.Text)
	case fsm.Expect:
		event = s.expect(ctx, a.Text)
		if event == whole && s.eager && s.answers(a) {
			event = s.early(ctx, len(a.Text))
		}
	case fsm.Count:
		event = s.count(ctx)
	case fsm.Upload:
		event = s.upload(ctx)
	case fsm.Drain:
		event = s.drain(ctx)
	default:
		do := s.do[a.Action]
		if do == nil {
			s.end.err = fmt.Errorf("no such action: %q", a.Action)
			return fsm.Failed
		}
		event = do(&Stream{s, ctx}, a)
	}
	if event == whole {
		return a.Ends
	}
	return event
}

// In place of an event: that the activity went as it should, for which the table
// has a name; and that it goes on later (see run).
const (
	whole   fsm.Event = ""
	resting fsm.Event = "\x00"
)

func (s *session) write(ctx context.Context, text string) fsm.Event {
	for s.end.written < len(text) {
		left := s.text[:copy(s.text, text[s.end.written:])]
		n, event := s.await(ctx, give, left)
		if event != whole {
			return event
		}
		s.end.written += int(n)
	}
	return whole
}

func (s *session) expect(ctx context.Context, text string) fsm.Event {
	for s.end.right < len(text) {
		n, event := s.await(ctx, take, s.text[s.end.right:len(text)])
		s.end.arrived = s.text[:s.end.right+int(n)]
		s.published.arrived(len(s.end.arrived))
		for ; n > 0 && s.text[s.end.right] == text[s.end.right]; n-- {
			s.end.right++
		}
		if event != whole {
			return event
		}
		if n > 0 {
			return fsm.Mismatched
		}
	}
	return whole
}

func (s *session) count(ctx context.Context) fsm.Event {
	if s.limit.Limits != nil && !s.limit.counts {
		s.limit.begins(time.Now())
		s.arm()
	}
	for {
		n, event := s.await(ctx, discard, nil)
		s.payload.Add(n)
		if event != whole {
			return good(event)
		}
	}
}

// good makes the peer's end of its side what the table names for it.
func good(event fsm.Event) fsm.Event {
	if event == fsm.Closed {
		return whole
	}
	return event
}

func (s *session) upload(ctx context.Context) fsm.Event {
	for {
		err := s.file.fill(ctx, lookInterval)
		switch {
		case err == nil, ctx.Err() != nil: // await tells of a shutdown
		case errors.Is(err, errNothingYet):
			if event := s.look(ctx); event != whole {
				return event
			}
			continue
		case errors.Is(err, io.EOF):
			return s.finish(ctx)
		default:
			s.end.err = err
			return fsm.Failed
		}
		s.restart()
		n, event := s.await(ctx, feed, nil)
		s.payload.Add(n)
		if event != whole {
			return event
		}
	}
}

// finish ends our side of the stream, after a last look.
func (s *session) finish(ctx context.Context) fsm.Event {
	if event := s.look(ctx); event != whole {
		return event
	}
	if err := s.conn.CloseWrite(); err != nil {
		s.end.err = err
		return fsm.Failed
	}
	return whole
}

func (s *session) drain(ctx context.Context) fsm.Event {
	_, event := s.await(ctx, take, s.text[:1])
	if event == whole {
		s.end.arrived = s.text[:1]
		return fsm.Mismatched
	}
	return good(event)
}

// changed tells of a change of state that has just come about.
func (s *session) changed(r *Result, from fsm.State, event fsm.Event, to fsm.State) Transition {
	at := time.Now()
	return Transition{r.Connection, from, event, to, at.Sub(r.Started), at.Sub(s.clock), s.idle}
}

// conclude runs the session, of which conn must not rest, and completes its result.
func (s *session) conclude(ctx context.Context, r Result) Result {
	return s.conclusion(s.run(ctx), r)
}

// conclusion completes the result of a session that is over; bug is what run has
// returned.
func (s *session) conclusion(bug error, r Result) Result {
	r.Elapsed = time.Since(r.Started)
	r.Bytes = s.payload.Load()
	r.State = s.machine.State()
	if r.Good = s.table.IsGood(r.State); r.Good {
		return r
	}
	r.From, r.Event, r.Err = s.end.from, s.end.event, s.end.err
	if bug != nil {
		r.Reason = bug.Error()
		return r
	}
	about := report{ending: s.end, table: s.table, idle: s.idle, payload: r.Bytes, silence: time.Since(s.clock)}
	if r.Event == fsm.Mismatched && len(about.arrived) > 0 {
		about.arrived = s.overhear()
	}
	about.explain(&r)
	return r
}
