package trace

import (
	"time"

	"accio/fsm"
)

// Transition is the line of a change of state. Its fields are those of
// transport.Transition, to which it can be converted.
type Transition struct {
	Connection uint64
	From       fsm.State
	Event      fsm.Event
	To         fsm.State
	Since      time.Duration // since the connection was accepted
	Silence    time.Duration // since the idle clock was last restarted; written with timedout only
	Limit      time.Duration // the idle limit; likewise
}

// End is the last line of a connection.
type End struct {
	Connection uint64
	Result     string        // what standard output says: the number or ErrorResult
	Bytes      int64         // of the payload; with ErrorResult what had come of it
	Since      time.Duration // since the connection was accepted
}

// A third kind of line begins a run of the server: the connections that follow
// are numbered from 1 on again. A trace of one run needs none.

// ErrorResult is the Result of a connection that came to no good end.
const ErrorResult = "ERROR"
