package transport

import (
	"context"

	"accio/fsm"
)

// preface is what a session does in the initial state, before the activity of that. It
// waits by await, as an activity does, and is called again after it has returned resting.
// It returns whole when it is over, or the event in which the session ends, of which
// s.end.err may say more.
type preface func(ctx context.Context, s *session) fsm.Event

// step does what comes next: the preface as long as there is one, then the activity.
func (s *session) step(ctx context.Context) fsm.Event {
	if s.preface != nil {
		if event := s.preface(ctx, s); event != whole {
			return event
		}
		s.preface, s.end = nil, ending{from: s.end.from}
	}
	return s.perform(ctx, s.doing)
}
