package protocol

// The bytes on the wire (docs/protocol.md §1). They are exact and
// case-sensitive, and nothing may stand between or around them.
const (
	Accio    = "accio\r\n"                   // the command, sent twice by the server
	Confirm1 = "confirm-accio\r\n"           // the first confirmation
	Confirm2 = "confirm-accio-again\r\n\r\n" // the second confirmation, its empty line included
)
