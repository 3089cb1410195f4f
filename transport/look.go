package transport

import (
	"context"
	"fmt"
	"time"

	"accio/fsm"
)

// lookInterval is how often a client looks at the connection while its file has
// nothing to give.
const lookInterval = time.Second

// look sees whether the peer still takes what it is sent. One that has ended its
// side, or said something, does not take a file as a server does; better to know
// than to call that a success.
func (s *session) look(ctx context.Context) fsm.Event {
	event := s.glance(ctx, s.text[:1])
	switch event {
	case fsm.Mismatched:
		s.end.err = fmt.Errorf("the %s sent something while it was to receive", s.table.Peer)
	case fsm.Closed:
		s.end.err = fmt.Errorf("the %s closed before the file was sent", s.table.Peer)
	default:
		return event
	}
	return fsm.Failed
}

// glance takes what is there into p, without waiting: any of it is
// too early, and that it holds nothing is no event.
func (s *session) glance(ctx context.Context, p []byte) fsm.Event {
	s.conn.SetDeadline(elapsed)
	n, err := take(s, p)
	s.restart()
	s.arm()
	switch {
	case ctx.Err() != nil:
		return fsm.Shutdown
	case n > 0:
		return fsm.Mismatched
	}
	if event := s.ended(err); event != fsm.TimedOut {
		return event
	}
	return whole
}

// answers reports whether we have the word when the activity has gone as it
// should.
func (s *session) answers(a fsm.Activity) bool {
	next, _ := s.table.Next(a.State, a.Ends)
	return s.table.Activity(next).Action == fsm.Write
}

// early sees whether something follows a text of so many bytes that we have yet
// to answer. A peer that takes turns cannot have sent it: our answer is written
// after this look (docs/protocol.md §7.10).
func (s *session) early(ctx context.Context, after int) fsm.Event {
	event := s.glance(ctx, s.text[after:after+1])
	if event == fsm.Mismatched {
		s.end.arrived = s.text[:after+1]
	}
	return event
}

// overhear takes what is there after a wrong byte, without waiting, for the people
// who read the log. The session has ended: what comes of it is no event any more.
func (s *session) overhear() []byte {
	s.conn.SetDeadline(elapsed)
	got := len(s.end.arrived)
	for got < shown {
		n, err := take(s, s.text[got:shown])
		if err != nil {
			break
		}
		got += int(n)
	}
	return s.text[:got]
}
