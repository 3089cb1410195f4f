package diagram_test

import "accio/fsm"

// small has two events between the same two states, apart in the list.
var small = fsm.Table{
	Role:     "left",
	Peer:     "right",
	Initial:  "Ask",
	Terminal: []fsm.State{"Good", "Bad"},
	Good:     []fsm.State{"Good"},
	Events:   []fsm.Event{"asked", "told", "timedout", "broke"},
	Activities: []fsm.Activity{
		{State: "Ask", Action: fsm.Write, Text: "who\n", Ends: "asked"},
		{State: "Hear", Action: fsm.Expect, Text: "me\n", Ends: "told"},
	},
	Transitions: []fsm.Transition{
		{From: "Ask", Event: "broke", To: "Bad"},
		{From: "Ask", Event: "asked", To: "Hear"},
		{From: "Ask", Event: "timedout", To: "Bad"},
		{From: "Hear", Event: "told", To: "Good"},
		{From: "Hear", Event: "timedout", To: "Bad"},
	},
}

// awkward has names that mean something to Mermaid and to Markdown.
var awkward = fsm.Table{
	Role:     "end; of #1",
	Peer:     `"other": <b>`,
	Initial:  "note",
	Terminal: []fsm.State{"[*] --> x"},
	Good:     []fsm.State{"[*] --> x"},
	Events:   []fsm.Event{"a|b;", "1. **c**"},
	Activities: []fsm.Activity{
		{State: "note", Action: fsm.Write, Text: "\"a:b\";#c\\r\r\n%%<br/>", Ends: "a|b;"},
	},
	Transitions: []fsm.Transition{
		{From: "note", Event: "a|b;", To: "[*] --> x"},
		{From: "note", Event: "1. **c**", To: "[*] --> x"},
	},
}

// bulk has one state for each kind of work that small lacks.
var bulk = fsm.Table{
	Role:     "left",
	Peer:     "right",
	Initial:  "Up",
	Terminal: []fsm.State{"End"},
	Good:     []fsm.State{"End"},
	Events:   []fsm.Event{"up", "down", "shut", "mused", "timedout"},
	Activities: []fsm.Activity{
		{State: "Up", Action: fsm.Upload, Ends: "up"},
		{State: "Down", Action: fsm.Count, Ends: "down"},
		{State: "Shut", Action: fsm.Drain, Ends: "shut"},
		{State: "Muse", Action: "muse", Ends: "mused"},
	},
	Transitions: []fsm.Transition{
		{From: "Up", Event: "up", To: "Down"},
		{From: "Up", Event: "timedout", To: "End"},
		{From: "Down", Event: "down", To: "Shut"},
		{From: "Down", Event: "timedout", To: "End"},
		{From: "Shut", Event: "shut", To: "Muse"},
		{From: "Shut", Event: "timedout", To: "End"},
		{From: "Muse", Event: "mused", To: "End"},
		{From: "Muse", Event: "timedout", To: "End"},
	},
}
