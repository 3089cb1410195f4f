package fsm

// Event is how the activity of a state ended (docs/protocol.md §2, §7).
// An activity that goes on is no event. The zero value is no event.
type Event string

// The events of both tables, of which each uses some.
const (
	Commanded  Event = "commanded"  // the command arrived, byte for byte; ends AwaitAccio1, AwaitAccio2
	Sent       Event = "sent"       // what the state sends was written whole; in SendFile the stream was ended too
	Confirmed  Event = "confirmed"  // the confirmation arrived, byte for byte; ends AwaitConfirm1, AwaitConfirm2
	Mismatched Event = "mismatched" // a byte arrived that may not stand there; then Error
	Closed     Event = "closed"     // the peer ended its side of the stream; Done if it may, else Error
	TimedOut   Event = "timedout"   // the idle limit passed; then Error
	Failed     Event = "failed"     // the connection broke: reset, or any other I/O error; then Error
	Shutdown   Event = "shutdown"   // the program was told to stop; then Error
)
