package explore

import (
	"context"
	"fmt"
	"runtime"
	"time"
)

// Injected is a session in which something happened at a yield point.
type Injected struct {
	*Session
	What  string
	Word  Word
	Point int // the yield point; 1 is the first
	// What there was when it happened. Came is false if the session never came to
	// the point.
	Came   bool
	Before Seen
	Held   Holding
	When   time.Time
}

// Happening is what can be injected.
type Happening struct {
	Name string
	Do   func(g Ground, stop context.CancelFunc)
}

// The happenings that are the same for every server.
var (
	// Shutdown makes the context done.
	Shutdown = Happening{"shutdown", func(g Ground, stop context.CancelFunc) {
		for stop(); !g.Interrupted(); {
			runtime.Gosched() // until it has done all it does
		}
	}}
	// Breakage resets the connection, unless it is.
	Breakage = Happening{"reset", func(g Ground, _ context.CancelFunc) {
		if !g.Holds().Reset {
			g.Reset()
		}
	}}
	// Refusal makes every write fail from now on.
	Refusal = Happening{"write failure", func(g Ground, _ context.CancelFunc) { g.Deafen() }}
)

// Inject runs the word and makes what happen at the nth yield point.
func Inject(subject Subject, w Word, n int, what Happening) *Injected {
	in := &Injected{What: what.Name, Word: w, Point: n}
	in.Session = Run(subject, w, func(s *Session, at int, stop context.CancelFunc) {
		if at != n {
			return
		}
		in.Came = true
		in.Before = Seen{Notes: s.notes, Said: s.Ground.Said()}
		in.Held = s.Ground.Holds()
		what.Do(s.Ground, stop)
		in.When = time.Now()
	})
	return in
}

// String says where it happened.
func (in *Injected) String() string {
	return fmt.Sprintf("%s: %s at yield point %d", in.Word, in.What, in.Point)
}
