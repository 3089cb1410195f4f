package explore

import (
	"context"
	"errors"
	"sync"
	"testing/synctest"
	"time"
)

// Session is one that was run on a word.
type Session struct {
	Seen   []Seen // after each input, as [Expectation] has it
	Key    any    // of the state at the end of the word, see [Said]
	Ground Ground
	// Yields is how many yield points it has passed, Before how many of them before
	// the last input, and Within how many before the end of the word.
	Yields, Before, Within int
	// Over is when the server returned.
	Over time.Time
	// Err is what it has panicked with, [Endless] for one that never rests, or what
	// its ground says that should not be.
	Err any

	at    Hook
	stop  context.CancelFunc
	mu    sync.Mutex // of Yields
	notes string
	noted int
}

// Hook is called at each yield point of a session, by the goroutine that passes it,
// with which one it is, from 1 on, and what is the operator's to do.
type Hook func(s *Session, n int, stop context.CancelFunc)

// Endless is what a session panics with that notes more than any has to, for a
// broken server can go in circles.
type Endless struct{}

// String says so.
func (Endless) String() string { return "more events than any session has" }

// maxNotes is how many a session may make, and as many more for each input.
const maxNotes = 50

// Note tells of something that has happened to the server, a change of its state
// mostly, and is a yield point. It is called by the goroutine that serves.
func (s *Session) Note(text string) {
	s.notes += text + " "
	if s.noted++; s.noted > maxNotes {
		panic(Endless{})
	}
	s.Yield()
}

// Yield is a point at which something could come in between. Several goroutines of a
// server may pass one.
func (s *Session) Yield() {
	s.mu.Lock()
	s.Yields++
	n := s.Yields
	s.mu.Unlock()
	if s.at != nil {
		s.at(s, n, s.stop)
	}
}

// Run plays a word in the bubble that it is called in. The server is stopped at the
// end of the word, if it has not ended, and Run returns when it has.
func Run(subject Subject, w Word, at Hook) *Session {
	s := &Session{Ground: subject(), at: at}
	ctx, stop := context.WithCancel(context.Background())
	defer stop()
	s.stop = stop
	over := make(chan struct{})
	serve := func() {
		defer close(over)
		defer func() { s.Err, s.Over = recover(), time.Now() }()
		s.Ground.Serve(ctx, s)
	}
	lag, started := time.Duration(0), false
	for i, in := range w.Inputs {
		if !started && !(i == 0 && w.Early) {
			go serve()
			started = true
		}
		if started && s.look(over, lag) {
			break
		}
		s.Before = s.Within
		lag = max(lag, in.Lag)
		in.do(s.Ground, stop)
	}
	if !started {
		go serve()
	}
	if len(s.Seen) == 0 || !s.Seen[len(s.Seen)-1].Ended {
		s.look(over, lag)
	}
	stop()
	s.Ground.Stall(-1)
	select {
	case <-over:
	case <-time.After(stopped):
	}
	err := s.Ground.Close()
	select {
	case <-over:
	default:
		<-over
		err = errStuck
	}
	if err != nil && s.Err == nil {
		s.Err = err
	}
	return s
}

// stopped is how long a server may take to return when it is told to stop, if nobody
// asks for less ([Suite.Shutdown]).
const stopped = time.Hour

var errStuck = errors.New("it does not return when it is told to stop, but when its connection is closed")

// look waits until nothing moves and notes what is to be seen.
func (s *Session) look(over chan struct{}, lag time.Duration) bool {
	time.Sleep(lag)
	synctest.Wait()
	now := Seen{Notes: s.notes, Said: s.Ground.Said()}
	select {
	case <-over:
		now.Ended = true
	default:
	}
	s.Ground.Still(func() { // so that this comes before whatever the server does next
		says := s.Ground.Says()
		now.Count, now.Closed, s.Key = says.Count, says.Closed && !now.Ended, says.Key
		s.mu.Lock()
		defer s.mu.Unlock()
		s.Within = s.Yields
	})
	if h, ok := s.Ground.(*heard); ok {
		now = h.f(now)
	}
	s.Seen = append(s.Seen, now)
	return now.Ended
}
