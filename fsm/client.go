package fsm

// Client is the table of the companion client (docs/protocol.md §7).
// It must not be changed; use [Table.Clone] for a variant.
var Client = Table{
	Role:     "client",
	Peer:     "server",
	Initial:  AwaitAccio1,
	Terminal: []State{Done, Error},
	Good:     []State{Done},
	Events:   []Event{Commanded, Sent, Mismatched, Closed, TimedOut, Failed, Shutdown},
	Activities: []Activity{
		{AwaitAccio1, Expect, Accio, Commanded},
		{SendConfirm1, Write, Confirm1, Sent},
		{AwaitAccio2, Expect, Accio, Commanded},
		{SendConfirm2, Write, Confirm2, Sent},
		{SendFile, Upload, "", Sent},
		{AwaitClose, Drain, "", Closed},
	},
	Transitions: []Transition{
		{AwaitAccio1, Commanded, SendConfirm1},
		{AwaitAccio1, Mismatched, Error},
		{AwaitAccio1, Closed, Error},
		{AwaitAccio1, TimedOut, Error},
		{AwaitAccio1, Failed, Error},
		{AwaitAccio1, Shutdown, Error},

		{SendConfirm1, Sent, AwaitAccio2},
		{SendConfirm1, TimedOut, Error},
		{SendConfirm1, Failed, Error},
		{SendConfirm1, Shutdown, Error},

		{AwaitAccio2, Commanded, SendConfirm2},
		{AwaitAccio2, Mismatched, Error},
		{AwaitAccio2, Closed, Error},
		{AwaitAccio2, TimedOut, Error},
		{AwaitAccio2, Failed, Error},
		{AwaitAccio2, Shutdown, Error},

		{SendConfirm2, Sent, SendFile},
		{SendConfirm2, TimedOut, Error},
		{SendConfirm2, Failed, Error},
		{SendConfirm2, Shutdown, Error},

		{SendFile, Sent, AwaitClose},
		{SendFile, TimedOut, Error},
		{SendFile, Failed, Error},
		{SendFile, Shutdown, Error},

		{AwaitClose, Mismatched, Error},
		{AwaitClose, Closed, Done},
		{AwaitClose, TimedOut, Error},
		{AwaitClose, Failed, Error},
		{AwaitClose, Shutdown, Error},
	},
}
