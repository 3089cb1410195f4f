package fsm

import "slices"

// Transition says that Event leads from one state to the next.
type Transition struct {
	From  State
	Event Event
	To    State
}

// On returns a row of a table.
func On(from State, event Event, to State) Transition { return Transition{from, event, to} }

// Table is a protocol as one of its two ends sees it. The order of every list
// is the order of the protocol, and the documents follow it. A table that is
// in use must not be changed.
// Nothing checks a table when it is used; [Table.Validate] does.
type Table struct {
	Role        string       // which end this is
	Peer        string       // which end it talks to
	Initial     State        // where every connection begins
	Terminal    []State      // the states that nothing follows
	Good        []State      // those of them in which a connection went as it should; the others are failures
	Events      []Event      // the alphabet
	Activities  []Activity   // one for each state that is not terminal
	Transitions []Transition // at most one for each (From, Event)
	Hints       []Hint       // may be none
	Own         []Own        // the actions of Activities that are none of those every transport knows
}

// States returns every declared state: those with an activity, then the
// terminal ones.
func (t *Table) States() []State {
	var states []State
	for _, a := range t.Activities {
		states = append(states, a.State)
	}
	return append(states, t.Terminal...)
}

// IsTerminal reports whether s is one of the terminal states.
func (t *Table) IsTerminal(s State) bool {
	return slices.Contains(t.Terminal, s)
}

// IsGood reports whether a connection that ends in s went as it should.
func (t *Table) IsGood(s State) bool {
	return slices.Contains(t.Good, s)
}

// Activity returns the activity of s, or the zero value if s has none.
func (t *Table) Activity(s State) Activity {
	for _, a := range t.Activities {
		if a.State == s {
			return a
		}
	}
	return Activity{}
}

// Next returns the state that e leads to from s; ok is false where the table
// has no such transition. Of two the later holds, as in [Machine].
func (t *Table) Next(s State, e Event) (to State, ok bool) {
	for _, tr := range slices.Backward(t.Transitions) {
		if tr.From == s && tr.Event == e {
			return tr.To, true
		}
	}
	return "", false
}

// Possible returns the events that the table allows in s, in its order.
func (t *Table) Possible(s State) []Event {
	var events []Event
	for _, tr := range t.Transitions {
		if tr.From == s {
			events = append(events, tr.Event)
		}
	}
	return events
}

// Else returns a copy in which every outcome of every activity that has no
// transition leads to s, behind the others, and is an event. So a table can be
// written that says only what is special.
func (t *Table) Else(s State) Table {
	c := t.Clone()
	for _, a := range t.Activities {
		for _, e := range t.Outcomes(a) {
			if _, ok := t.Next(a.State, e); !ok {
				c.Transitions = append(c.Transitions, On(a.State, e, s))
			}
			if !slices.Contains(c.Events, e) {
				c.Events = append(c.Events, e)
			}
		}
	}
	return c
}

// Clone returns a copy that shares nothing with t.
func (t *Table) Clone() Table {
	c := *t
	c.Terminal = slices.Clone(t.Terminal)
	c.Good = slices.Clone(t.Good)
	c.Events = slices.Clone(t.Events)
	c.Activities = slices.Clone(t.Activities)
	c.Transitions = slices.Clone(t.Transitions)
	c.Hints = slices.Clone(t.Hints)
	c.Own = slices.Clone(t.Own)
	for i := range c.Own {
		c.Own[i].Events = slices.Clone(c.Own[i].Events)
	}
	return c
}
