package protocol

import "accio/fsm"

// The states of [Server].
const (
	SendAccio1    fsm.State = "SendAccio1"    // the first command is being written; initial; then AwaitConfirm1
	AwaitConfirm1 fsm.State = "AwaitConfirm1" // the first confirmation is awaited or half read; then SendAccio2
	SendAccio2    fsm.State = "SendAccio2"    // the second command is being written; then AwaitConfirm2
	AwaitConfirm2 fsm.State = "AwaitConfirm2" // the second confirmation is awaited or half read; then Streaming
	Streaming     fsm.State = "Streaming"     // the file is being received and counted; then Done
)

// The states of [Client].
const (
	AwaitAccio1  fsm.State = "AwaitAccio1"  // the first command is awaited or half read; initial; then SendConfirm1
	SendConfirm1 fsm.State = "SendConfirm1" // the first confirmation is being written; then AwaitAccio2
	AwaitAccio2  fsm.State = "AwaitAccio2"  // the second command is awaited or half read; then SendConfirm2
	SendConfirm2 fsm.State = "SendConfirm2" // the second confirmation is being written; then SendFile
	SendFile     fsm.State = "SendFile"     // the file is being sent, then the stream ended; then AwaitClose
	AwaitClose   fsm.State = "AwaitClose"   // the server's end of the stream is awaited; then Done
)

// The terminal states of both tables. Any other state may be left for Error.
const (
	Done  fsm.State = "Done"  // the session went as it should; terminal
	Error fsm.State = "Error" // the session ended in any other way; terminal
)
