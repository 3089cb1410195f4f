package transport

import (
	"bytes"
	"context"

	"accio/fsm"
)

// Do performs an action of a table's own (fsm.Own), once for each time that a
// state with it is entered, and returns the event in which it ended: one that the
// table names for it, that of a call of the [Stream] which could not go on, or the
// zero value for its success. It must not keep the Stream, and need not look at
// time or at a shutdown: the calls do.
type Do func(*Stream, fsm.Activity) fsm.Event

// Stream is the connection as a [Do] has it. Each call returns the
// zero value if it did what it should; any other event is the one in which the
// activity has to end: shutdown, closed, timedout or failed, in the order of
// precedence of docs/protocol.md §2.4. What [Stream.Line] has read beyond a line is
// read first by what comes next, whatever that is.
type Stream struct {
	session *session
	ctx     context.Context
}

// Read takes bytes that have arrived, at least one and at most len(p), which is
// not 0.
func (s *Stream) Read(p []byte) (n int, ended fsm.Event) {
	got, event := s.session.await(s.ctx, take, p)
	return int(got), event
}

// Write writes all of p.
func (s *Stream) Write(p []byte) (ended fsm.Event) {
	for len(p) > 0 {
		n, event := s.session.await(s.ctx, give, p)
		if event != whole {
			s.session.end.writing = true
			return event
		}
		p = p[n:]
	}
	return whole
}

// Line takes a line, its line feed included, or so many bytes of a longer one, of
// which the next call takes more: without a line feed at its end, a line was too
// long. It is good until the next call.
func (s *Stream) Line(most int) (line []byte, ended fsm.Event) {
	c := s.session
	for {
		n := min(most, len(c.unread))
		if end := bytes.IndexByte(c.unread[:n], '\n') + 1; end > 0 {
			n = end
		}
		if n == most || n > 0 && c.unread[n-1] == '\n' {
			line, c.unread = c.unread[:n], c.unread[n:]
			return line, whole
		}
		if len(c.room) < most {
			c.room = make([]byte, most)
		}
		had := copy(c.room, c.unread)
		got, event := c.await(s.ctx, receive, c.room[had:])
		c.unread = c.room[:had+int(got)]
		if event != whole {
			return nil, event
		}
	}
}

// Count adds to the payload of the session, which its Result has.
func (s *Stream) Count(n int) { s.session.payload.Add(int64(n)) }

// Wrong returns mismatched, of which err is the reason.
func (s *Stream) Wrong(err error) fsm.Event {
	s.session.end.err = err
	return fsm.Mismatched
}
