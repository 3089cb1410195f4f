package fsm

// Action is the kind of work that a state asks of its transport. The zero
// value is none.
type Action string

// What a transport can be asked to do.
const (
	Write  Action = "write"  // write Text whole
	Expect Action = "expect" // read Text, byte for byte, and not a byte beyond it
	Count  Action = "count"  // count bytes until the peer ends its side of the stream
	Upload Action = "upload" // write the file whole, then end our side of the stream
	Drain  Action = "drain"  // wait until the peer ends its side; no byte may come
)

// Activity is what the transport does in a state. The zero value is that of a
// terminal state: nothing.
type Activity struct {
	State  State
	Action Action
	Text   string // the bytes of Write and Expect; otherwise empty
	Ends   Event  // the event that says the activity went as it should
}

// In returns what is done in a state of a table.
func In(s State, do Action, text string, ends Event) Activity { return Activity{s, do, text, ends} }

// Outcomes returns the events in which the activity can end, Ends first, or nil
// if its action is none of the above. [Table.Validate] wants a transition for
// each of them.
func (a Activity) Outcomes() []Event {
	anywhere := []Event{TimedOut, Failed, Shutdown}
	switch a.Action {
	case Write, Count, Upload:
		return append([]Event{a.Ends}, anywhere...)
	case Drain:
		return append([]Event{a.Ends, Mismatched}, anywhere...)
	case Expect:
		return append([]Event{a.Ends, Mismatched, Closed}, anywhere...)
	}
	return nil
}
