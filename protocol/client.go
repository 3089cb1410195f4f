package protocol

import "accio/fsm"

// Client is the table of the companion client (docs/protocol.md §7).
// It must not be changed; use [fsm.Table.Clone] for a variant.
var Client = fsm.Table{
	Role:     "client",
	Peer:     "server",
	Initial:  AwaitAccio1,
	Terminal: []fsm.State{Done, Error},
	Good:     []fsm.State{Done},
	Events:   []fsm.Event{Commanded, Sent, fsm.Mismatched, fsm.Closed, fsm.TimedOut, fsm.Failed, fsm.Shutdown},
	Activities: []fsm.Activity{
		fsm.In(AwaitAccio1, fsm.Expect, Accio, Commanded),
		fsm.In(SendConfirm1, fsm.Write, Confirm1, Sent),
		fsm.In(AwaitAccio2, fsm.Expect, Accio, Commanded),
		fsm.In(SendConfirm2, fsm.Write, Confirm2, Sent),
		fsm.In(SendFile, fsm.Upload, "", Sent),
		fsm.In(AwaitClose, fsm.Drain, "", fsm.Closed),
	},
	Transitions: []fsm.Transition{
		fsm.On(AwaitAccio1, Commanded, SendConfirm1),
		fsm.On(AwaitAccio1, fsm.Mismatched, Error),
		fsm.On(AwaitAccio1, fsm.Closed, Error),
		fsm.On(AwaitAccio1, fsm.TimedOut, Error),
		fsm.On(AwaitAccio1, fsm.Failed, Error),
		fsm.On(AwaitAccio1, fsm.Shutdown, Error),

		fsm.On(SendConfirm1, Sent, AwaitAccio2),
		fsm.On(SendConfirm1, fsm.TimedOut, Error),
		fsm.On(SendConfirm1, fsm.Failed, Error),
		fsm.On(SendConfirm1, fsm.Shutdown, Error),

		fsm.On(AwaitAccio2, Commanded, SendConfirm2),
		fsm.On(AwaitAccio2, fsm.Mismatched, Error),
		fsm.On(AwaitAccio2, fsm.Closed, Error),
		fsm.On(AwaitAccio2, fsm.TimedOut, Error),
		fsm.On(AwaitAccio2, fsm.Failed, Error),
		fsm.On(AwaitAccio2, fsm.Shutdown, Error),

		fsm.On(SendConfirm2, Sent, SendFile),
		fsm.On(SendConfirm2, fsm.TimedOut, Error),
		fsm.On(SendConfirm2, fsm.Failed, Error),
		fsm.On(SendConfirm2, fsm.Shutdown, Error),

		fsm.On(SendFile, Sent, AwaitClose),
		fsm.On(SendFile, fsm.TimedOut, Error),
		fsm.On(SendFile, fsm.Failed, Error),
		fsm.On(SendFile, fsm.Shutdown, Error),

		fsm.On(AwaitClose, fsm.Mismatched, Error),
		fsm.On(AwaitClose, fsm.Closed, Done),
		fsm.On(AwaitClose, fsm.TimedOut, Error),
		fsm.On(AwaitClose, fsm.Failed, Error),
		fsm.On(AwaitClose, fsm.Shutdown, Error),
	},
	Hints: []fsm.Hint{
		{When: fsm.Silent, State: AwaitAccio1, Text: "the server serves one client at a time, and a longer --timeout waits longer for it"},
	},
}
