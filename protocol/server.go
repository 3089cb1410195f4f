package protocol

import "accio/fsm"

// Server is the table of the server (docs/protocol.md §2).
// It must not be changed; use [fsm.Table.Clone] for a variant.
var Server = fsm.Table{
	Role:     "server",
	Peer:     "client",
	Initial:  SendAccio1,
	Terminal: []fsm.State{Done, Error},
	Good:     []fsm.State{Done},
	Events:   []fsm.Event{Sent, Confirmed, fsm.Mismatched, fsm.Closed, fsm.TimedOut, fsm.Failed, fsm.Shutdown, fsm.Aborted},
	Activities: []fsm.Activity{
		fsm.In(SendAccio1, fsm.Write, Accio, Sent),
		fsm.In(AwaitConfirm1, fsm.Expect, Confirm1, Confirmed),
		fsm.In(SendAccio2, fsm.Write, Accio, Sent),
		fsm.In(AwaitConfirm2, fsm.Expect, Confirm2, Confirmed),
		fsm.In(Streaming, fsm.Count, "", fsm.Closed),
	},
	Transitions: []fsm.Transition{
		fsm.On(SendAccio1, Sent, AwaitConfirm1),
		fsm.On(SendAccio1, fsm.TimedOut, Error),
		fsm.On(SendAccio1, fsm.Failed, Error),
		fsm.On(SendAccio1, fsm.Shutdown, Error),
		fsm.On(SendAccio1, fsm.Aborted, Error),

		fsm.On(AwaitConfirm1, Confirmed, SendAccio2),
		fsm.On(AwaitConfirm1, fsm.Mismatched, Error),
		fsm.On(AwaitConfirm1, fsm.Closed, Error),
		fsm.On(AwaitConfirm1, fsm.TimedOut, Error),
		fsm.On(AwaitConfirm1, fsm.Failed, Error),
		fsm.On(AwaitConfirm1, fsm.Shutdown, Error),
		fsm.On(AwaitConfirm1, fsm.Aborted, Error),

		fsm.On(SendAccio2, Sent, AwaitConfirm2),
		fsm.On(SendAccio2, fsm.TimedOut, Error),
		fsm.On(SendAccio2, fsm.Failed, Error),
		fsm.On(SendAccio2, fsm.Shutdown, Error),
		fsm.On(SendAccio2, fsm.Aborted, Error),

		fsm.On(AwaitConfirm2, Confirmed, Streaming),
		fsm.On(AwaitConfirm2, fsm.Mismatched, Error),
		fsm.On(AwaitConfirm2, fsm.Closed, Error),
		fsm.On(AwaitConfirm2, fsm.TimedOut, Error),
		fsm.On(AwaitConfirm2, fsm.Failed, Error),
		fsm.On(AwaitConfirm2, fsm.Shutdown, Error),
		fsm.On(AwaitConfirm2, fsm.Aborted, Error),

		fsm.On(Streaming, fsm.Closed, Done),
		fsm.On(Streaming, fsm.TimedOut, Error),
		fsm.On(Streaming, fsm.Failed, Error),
		fsm.On(Streaming, fsm.Shutdown, Error),
		fsm.On(Streaming, fsm.Aborted, Error),
	},
	Hints: []fsm.Hint{
		{When: fsm.Silent, State: AwaitConfirm1, Text: deadlock},
		{When: fsm.Left, State: AwaitConfirm1, Text: deadlock},
		{When: fsm.Early, Text: "a file comes only after the last confirmation"},
		{When: fsm.Reset, Text: "a system does that for a program that closes, or dies, before it has read both commands" +
			" (close the write side and read on), or that asked for it (SO_LINGER 0), and so does what cuts the network"},
	},
}

const deadlock = `the second accio\r\n is sent only after that, and a client that waits for both commands` +
	` before it confirms waits for ever (docs/protocol.md, "Who waits for whom")`
