package protocol

import "accio/fsm"

// The events in which an activity ends as it should, beside [fsm.Closed].
const (
	Commanded fsm.Event = "commanded" // the command arrived, byte for byte; ends AwaitAccio1, AwaitAccio2
	Sent      fsm.Event = "sent"      // what the state sends was written whole; in SendFile the stream was ended too
	Confirmed fsm.Event = "confirmed" // the confirmation arrived, byte for byte; ends AwaitConfirm1, AwaitConfirm2
)
