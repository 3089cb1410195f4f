package transport

import (
	"context"
	"errors"
	"time"

	"accio/fsm"
)

// move is one call of the connection; it moves bytes or says why not.
type move func(s *session, p []byte) (int64, error)

func take(s *session, p []byte) (int64, error) {
	if n := copy(p, s.unread); n > 0 {
		s.unread = s.unread[n:]
		return int64(n), nil
	}
	return receive(s, p)
}

func receive(s *session, p []byte) (int64, error) {
	n, err := s.conn.Read(p)
	if n > 0 {
		s.restart()
	}
	return int64(n), err
}

func discard(s *session, _ []byte) (int64, error) {
	if n := len(s.unread); n > 0 {
		s.unread = nil
		return int64(n), nil
	}
	n, err := s.conn.Discard()
	if n > 0 {
		s.restart()
	}
	return n, err
}

func give(s *session, p []byte) (int64, error) {
	n, err := s.conn.Write(p)
	if n > 0 && s.eager {
		s.restart()
	}
	return int64(n), err
}

// feed restarts nothing: upload does, before each call of await.
func feed(s *session, _ []byte) (int64, error) { return s.file.send(s.conn) }

// errRests is what a connection says that waits for nothing itself: a call has
// moved nothing and its deadline has not passed. Only [session.run] that is called
// again can have one.
var errRests = errors.New("nothing moves at present")

// await calls m until it has moved something or an event says why it cannot.
// The order of its questions is the order of precedence of docs/protocol.md
// §2: shutdown, the operator, what the connection holds, and limits of time last.
func (s *session) await(ctx context.Context, m move, p []byte) (int64, fsm.Event) {
	for {
		if ctx.Err() != nil {
			return 0, fsm.Shutdown
		}
		if s.aborted() {
			return 0, fsm.Aborted
		}
		n, err := m(s, p)
		if ctx.Err() != nil {
			return n, fsm.Shutdown
		}
		if s.killed() {
			return n, fsm.Aborted
		}
		if n > 0 {
			s.limit.spare -= n
			return n, whole
		}
		if err == errRests && s.pause == nil {
			return 0, resting
		}
		if err == errRests {
			s.pause()
			continue
		}
		event := s.ended(err)
		switch {
		case event != fsm.TimedOut:
			return 0, event
		case s.overdue():
			return 0, fsm.Aborted
		case s.silent():
			return 0, event
		}
		s.arm()
	}
}

// ended classifies, and keeps the error behind Failed.
func (s *session) ended(err error) fsm.Event {
	event := classify(err)
	if event == fsm.Failed {
		s.end.err = err
	}
	return event
}

// silent reports whether the idle limit has really passed: the deadline may
// have been set before the last bytes moved. For an eager session it counts
// too that the peer has acknowledged some of what the system took from us.
func (s *session) silent() bool {
	if c, ok := s.conn.(interface{ unacked() int }); ok && s.eager {
		left := c.unacked()
		if left < s.unacked {
			s.restart()
		}
		s.unacked = left
	}
	return !time.Now().Before(s.clock.Add(s.idle))
}

// restart begins a new stretch of the idle limit. The deadline stays as it is
// until it passes: setting it for each read would cost more than the read.
func (s *session) restart() {
	s.clock = time.Now()
	s.published.restarted(s.clock)
}

// arm sets the deadline to the end of the present stretch, or to that of the next limit
// of time. An eager session
// wakes more often, to see what moves within one call and within the system.
func (s *session) arm() {
	due := s.clock.Add(s.idle)
	if soon := time.Now().Add(s.idle / 8); s.eager && soon.Before(due) {
		due = soon
	}
	if limit := s.limit.due; !limit.IsZero() && limit.Before(due) {
		due = limit
	}
	s.conn.SetDeadline(due)
}
