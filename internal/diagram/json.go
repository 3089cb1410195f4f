package diagram

import (
	"encoding/json"

	"accio/fsm"
)

// JSON returns the table as JSON, for programs that draw it themselves
// (docs/table-json.md). The lists have the order of the table; a terminal state
// has no activity; text is what write and expect have on the wire; ends is the
// event that says that the activity went as it should.
//
//	{
//	  "role": "server", "peer": "client", "initial": "SendAccio1", "terminal": ["Done", "Error"],
//	  "states": [{"name": "SendAccio1", "activity": {"action": "write", "text": "accio\r\n", "ends": "sent"}}, …],
//	  "events": ["sent", …],
//	  "transitions": [{"from": "SendAccio1", "event": "sent", "to": "AwaitConfirm1"}, …]
//	}
func JSON(t *fsm.Table) string {
	type activity struct {
		Action fsm.Action `json:"action"`
		Text   string     `json:"text"`
		Ends   fsm.Event  `json:"ends"`
	}
	type state struct {
		Name     fsm.State `json:"name"`
		Activity *activity `json:"activity,omitempty"`
	}
	type transition struct {
		From  fsm.State `json:"from"`
		Event fsm.Event `json:"event"`
		To    fsm.State `json:"to"`
	}
	document := struct {
		Role        string       `json:"role"`
		Peer        string       `json:"peer"`
		Initial     fsm.State    `json:"initial"`
		Terminal    []fsm.State  `json:"terminal"`
		States      []state      `json:"states"`
		Events      []fsm.Event  `json:"events"`
		Transitions []transition `json:"transitions"`
	}{Role: t.Role, Peer: t.Peer, Initial: t.Initial, Terminal: t.Terminal, Events: allEvents(t)}
	for _, s := range allStates(t) {
		row := state{Name: s}
		if a := t.Activity(s); a != (fsm.Activity{}) {
			row.Activity = &activity{a.Action, a.Text, a.Ends}
		}
		document.States = append(document.States, row)
	}
	for _, tr := range t.Transitions {
		document.Transitions = append(document.Transitions, transition(tr))
	}
	text, err := json.MarshalIndent(document, "", "  ")
	if err != nil {
		panic(err) // strings have no error
	}
	return string(text) + "\n"
}
