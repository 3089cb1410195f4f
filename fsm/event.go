package fsm

// Event is how the activity of a state ended.
// An activity that goes on is no event. The zero value is no event.
type Event string

// The events in which an activity can end, whatever the table, beside the one in
// which it ends as it should (see [Table.Outcomes]).
const (
	Mismatched Event = "mismatched" // a byte arrived that may not stand there
	Closed     Event = "closed"     // the peer ended its side of the stream
	TimedOut   Event = "timedout"   // the idle limit passed
	Failed     Event = "failed"     // the connection broke: reset, or any other I/O error
	Shutdown   Event = "shutdown"   // the program was told to stop
	Aborted    Event = "aborted"    // the operator, or a limit of hers, ended the session; of tables that name it
)
