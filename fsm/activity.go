package fsm

import "slices"

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
	Text   string // the bytes of Write and Expect; empty with the others below; as an action of its own has it
	Ends   Event  // the event that says the activity went as it should
}

// In returns what is done in a state of a table.
func In(s State, do Action, text string, ends Event) Activity { return Activity{s, do, text, ends} }

// Own is an action of a table's own, which Go code performs (transport.Do), and
// the events in which it can end beside that of its success and those in which
// every activity can: TimedOut, Failed and Shutdown, and Aborted where the table
// names it. One that reads can end in Closed too, when the peer has ended its side.
type Own struct {
	Action Action
	Events []Event
}

// Outcomes returns the events in which an activity can end, Ends first, or nil if
// its action is neither one of the above nor one of the table's own.
// [Table.Validate] wants a transition for each of them.
func (t *Table) Outcomes(a Activity) []Event {
	var events []Event
	switch a.Action {
	case Write, Count, Upload:
		events = []Event{a.Ends}
	case Drain:
		events = []Event{a.Ends, Mismatched}
	case Expect:
		events = []Event{a.Ends, Mismatched, Closed}
	default:
		i := slices.IndexFunc(t.Own, func(o Own) bool { return o.Action == a.Action })
		if i < 0 {
			return nil
		}
		events = append([]Event{a.Ends}, t.Own[i].Events...)
	}
	events = append(events, TimedOut, Failed, Shutdown)
	if slices.Contains(t.Events, Aborted) {
		events = append(events, Aborted)
	}
	return events
}
