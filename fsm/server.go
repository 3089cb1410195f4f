package fsm

// Server is the table of the server (docs/protocol.md §2).
// It must not be changed; use [Table.Clone] for a variant.
var Server = Table{
	Role:     "server",
	Peer:     "client",
	Initial:  SendAccio1,
	Terminal: []State{Done, Error},
	Good:     []State{Done},
	Events:   []Event{Sent, Confirmed, Mismatched, Closed, TimedOut, Failed, Shutdown},
	Activities: []Activity{
		{SendAccio1, Write, Accio, Sent},
		{AwaitConfirm1, Expect, Confirm1, Confirmed},
		{SendAccio2, Write, Accio, Sent},
		{AwaitConfirm2, Expect, Confirm2, Confirmed},
		{Streaming, Count, "", Closed},
	},
	Transitions: []Transition{
		{SendAccio1, Sent, AwaitConfirm1},
		{SendAccio1, TimedOut, Error},
		{SendAccio1, Failed, Error},
		{SendAccio1, Shutdown, Error},

		{AwaitConfirm1, Confirmed, SendAccio2},
		{AwaitConfirm1, Mismatched, Error},
		{AwaitConfirm1, Closed, Error},
		{AwaitConfirm1, TimedOut, Error},
		{AwaitConfirm1, Failed, Error},
		{AwaitConfirm1, Shutdown, Error},

		{SendAccio2, Sent, AwaitConfirm2},
		{SendAccio2, TimedOut, Error},
		{SendAccio2, Failed, Error},
		{SendAccio2, Shutdown, Error},

		{AwaitConfirm2, Confirmed, Streaming},
		{AwaitConfirm2, Mismatched, Error},
		{AwaitConfirm2, Closed, Error},
		{AwaitConfirm2, TimedOut, Error},
		{AwaitConfirm2, Failed, Error},
		{AwaitConfirm2, Shutdown, Error},

		{Streaming, Closed, Done},
		{Streaming, TimedOut, Error},
		{Streaming, Failed, Error},
		{Streaming, Shutdown, Error},
	},
}
