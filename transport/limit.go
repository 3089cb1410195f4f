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
	counts bool // the payload is being counted

	// When the limits of time pass; zero: never.
	duration, header time.Time
	rate             time.Time // the end of the present window
	due              time.Time // the earliest of them

	had   int64 // bytes of the payload before the present window
	late  bool  // a limit has passed: nothing is waited for
	spare int64 // bytes that are taken then, at most
}

// mostHeld is how much counts of what is there after a limit of time: more than the
// system holds of a connection, as a rule, so that who never stops sending has an end.
const mostHeld = 16 << 20

func newLimiter(l *Limits, began time.Time) limiter {
	if !l.aborts() {
		return limiter{}
	}
	n := limiter{Limits: l}
	if l.Duration > 0 {
		n.duration = began.Add(l.Duration)
	}
	if l.Header > 0 {
		n.header = began.Add(l.Header)
	}
	n.next()
	return n
}

// next sets due.
func (l *limiter) next() {
	l.due, l.late = l.duration, false
	for _, t := range [...]time.Time{l.header, l.rate} {
		if l.due.IsZero() || !t.IsZero() && t.Before(l.due) {
			l.due = t
		}
	}
}

// begins says that the payload is counted from now on.
func (l *limiter) begins(now time.Time) {
	l.counts, l.header = true, time.Time{}
	if l.Rate > 0 {
		l.rate = now.Add(l.window())
	}
	l.next()
}

// over reports whether a limit has passed.
func over(limit, now time.Time) bool { return !limit.IsZero() && !now.Before(limit) }

// passed reports whether a limit of time has passed.
func (l *limiter) passed(now time.Time) bool { return over(l.due, now) }

// broken returns which limit of time has been exceeded, once one has passed, the first
// where it is more than one; or nil if the next one holds from now on.
func (l *limiter) broken(now time.Time, payload int64) error {
	for l.passed(now) {
		switch l.due {
		case l.duration:
			return fmt.Errorf("%w: it is not over after %s", ErrDuration, l.Duration)
		case l.header:
			return fmt.Errorf("%w after %s", ErrHeader, l.Header)
		}
		window := l.window()
		if wanted := int64(float64(l.Rate) * window.Seconds()); payload-l.had < wanted {
			return fmt.Errorf("%w: %d bytes in %s, wanted %d", ErrRate, payload-l.had, window, wanted)
		}
		l.rate, l.had = now.Add(window), payload
		l.next()
	}
	return nil
}

// excused is from when on the time that Result takes is not held against those who wait
// for it.
const excused = time.Second

// excuse says that the connection was not served for so long.
func (l *limiter) excuse(stood time.Duration) {
	for _, t := range [...]*time.Time{&l.header, &l.rate} {
		if !t.IsZero() {
			*t = t.Add(stood)
		}
	}
	l.next()
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
	case l.late && l.spare > 0, !l.passed(s.clock):
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
	if s.limit.due.After(s.clock.Add(s.idle)) {
		return false
	}
	s.end.err = s.limit.broken(time.Now(), s.payload.Load())
	return s.end.err != nil
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
