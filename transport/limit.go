package transport

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"accio/fsm"
)

// Limits are what a [Server] allows its clients (docs/protocol.md §9). The zero value
// of each field is no limit. A connection that exceeds one ends with [fsm.Aborted], of
// which the reason wraps one of the errors below; a limit of time counts what has
// arrived until then.
type Limits struct {
	Duration time.Duration // from the beginning of service to the end
	Header   time.Duration // from the beginning of service until the payload is counted
	Bytes    int64         // of the payload
	// Rate is how many bytes of the payload have to come a second, in each RateWindow
	// on its own from the moment on in which they are counted.
	Rate       int64
	RateWindow time.Duration // 0 means DefaultRateWindow
	// PerPeer is how many connections one address may have in service at a time, or one
	// network of 64 bits of IPv6. Those of Unix sockets have no address.
	PerPeer int
	// Accepted is how many connections are accepted a second, and at once after a while
	// in which none came. The others wait in the queue: this one ends nobody.
	Accepted int
}

// DefaultRateWindow is what [Limits].Rate is measured over.
const DefaultRateWindow = 10 * time.Second

// What is behind [fsm.Aborted]. Each reason wraps one of these.
var (
	ErrKilled    = errors.New("ended by the operator")
	ErrDuration  = errors.New("the connection took too long")
	ErrHeader    = errors.New("the payload had not begun")
	ErrBytes     = errors.New("the payload is too large")
	ErrRate      = errors.New("the payload comes too slowly")
	ErrPerPeer   = errors.New("too many connections from one address")
	ErrNoAborted = errors.New("the table has no event aborted, which limits need") // of Serve and Abort
	ErrNotServed = errors.New("no such connection is in service")                  // of Abort
)

// window is RateWindow.
func (l *Limits) window() time.Duration {
	if l.RateWindow == 0 {
		return DefaultRateWindow
	}
	return l.RateWindow
}

// aborts reports whether the limits can end a connection.
func (l *Limits) aborts() bool {
	return l.Duration > 0 || l.Header > 0 || l.Bytes > 0 || l.Rate > 0 || l.PerPeer > 0
}

// limiter holds a session to the limits. The zero value is no limit.
type limiter struct {
	*Limits
	began  time.Time
	due    time.Time // when the next limit of time passes; zero: none does
	counts bool      // the payload is being counted
	window time.Time // when the present window of Rate began
	had    int64     // bytes before it
	late   bool      // a limit has passed: nothing is waited for
	spare  int64     // bytes that are taken then, at most
}

// mostHeld is how much counts of what is there after a limit of time: more than the
// system holds of a connection, as a rule, so that who never stops sending has an end.
const mostHeld = 16 << 20

func newLimiter(l *Limits, began time.Time) limiter {
	if !l.aborts() {
		return limiter{}
	}
	n := limiter{Limits: l, began: began}
	n.next()
	return n
}

// next sets due.
func (l *limiter) next() {
	l.due, l.late = time.Time{}, false
	if l.Duration > 0 {
		l.at(l.began.Add(l.Duration))
	}
	if l.Header > 0 && !l.counts {
		l.at(l.began.Add(l.Header))
	}
	if l.Rate > 0 && l.counts {
		l.at(l.window.Add(l.Limits.window()))
	}
}

func (l *limiter) at(t time.Time) {
	if l.due.IsZero() || t.Before(l.due) {
		l.due = t
	}
}

// begins says that the payload is counted from now on.
func (l *limiter) begins(now time.Time) {
	l.counts, l.window = true, now
	l.next()
}

// passed reports whether a limit of time has passed.
func (l *limiter) passed(now time.Time) bool { return !l.due.IsZero() && !now.Before(l.due) }

// broken returns which limit of time has been exceeded, once one has passed, or nil if
// the next one holds from now on.
func (l *limiter) broken(now time.Time, payload int64) error {
	switch took := now.Sub(l.began); {
	case l.Duration > 0 && took >= l.Duration:
		return fmt.Errorf("%w: it is not over after %s", ErrDuration, l.Duration)
	case l.Header > 0 && !l.counts && took >= l.Header:
		return fmt.Errorf("%w after %s", ErrHeader, l.Header)
	}
	if window := l.Limits.window(); l.Rate > 0 && l.counts && now.Sub(l.window) >= window {
		if wanted := int64(float64(l.Rate) * window.Seconds()); payload-l.had < wanted {
			return fmt.Errorf("%w: %d bytes in %s, wanted %d", ErrRate, payload-l.had, window, wanted)
		}
		l.window, l.had = now, payload
	}
	l.next()
	return nil
}

// killed reports whether nothing more of the connection counts, whatever it holds, and
// keeps why.
func (s *session) killed() bool {
	why := s.abort.Load()
	if why != nil {
		s.end.err = *why
	}
	return why != nil
}

// aborted reports whether the operator or a limit ends the session now, and keeps why.
func (s *session) aborted() bool {
	l := &s.limit
	switch {
	case s.killed():
		return true
	case l.Limits == nil:
		return false
	}
	switch payload := s.payload.Load(); {
	case l.Bytes > 0 && payload > l.Bytes:
		s.end.err = fmt.Errorf("%w: more than %d bytes", ErrBytes, l.Bytes)
		return true
	case !l.late && !l.passed(s.clock), l.late && l.spare > 0:
		return false
	}
	return s.hurries()
}

// hurries makes the session take what is there and wait for nothing more, as a limit of
// time has passed while bytes came. It reports whether it has taken too much since.
func (s *session) hurries() bool {
	l := &s.limit
	now := time.Now()
	err := l.broken(now, s.payload.Load())
	switch {
	case err == nil:
		s.arm()
		return false
	case l.late:
		s.end.err = err
		return true
	}
	l.late, l.spare = true, mostHeld
	s.conn.SetDeadline(elapsed)
	return false
}

// overdue reports whether a limit of time has been exceeded before the idle limit, now
// that nothing is there, and keeps which.
func (s *session) overdue() bool {
	l, now := &s.limit, time.Now()
	if !l.passed(now) || l.due.After(s.clock.Add(s.idle)) {
		return false
	}
	err := l.broken(now, s.payload.Load())
	if err != nil {
		s.end.err = err
	}
	return err != nil
}

// Abort ends a connection in service, through the event aborted, without the others
// noticing. It may be called from any goroutine. The error is ErrNotServed or
// ErrNoAborted.
func (s *Server) Abort(connection uint64) error {
	if !slices.Contains(s.Table.Events, fsm.Aborted) {
		return ErrNoAborted
	}
	for _, p := range s.slots.list() {
		if now := p.now.Load(); now != nil && now.Connection == connection {
			now.abort.Store(&ErrKilled)
			s.aborts.Store(true)
			s.drain.wakeUp()
			return nil
		}
	}
	return fmt.Errorf("%w: %d", ErrNotServed, connection)
}
