package conform

import (
	"slices"
	"strings"

	"accio/fsm"
	"accio/protocol"
)

// Level says who asks for what a case tests.
type Level string

const (
	Required Level = "required" // the assignment does
	Strict   Level = "strict"   // the contract decides where the assignment is silent
)

// Case is one thing that a server or a client can do wrong. Its id stays: reports
// of different times are compared by it.
type Case struct {
	ID     string   // ROLE/STATE/EVENT/WHAT, or ROLE/process/WHAT or ROLE/queue/WHAT
	Title  string   // what is done and what is expected, without a full stop
	Claims []string // of docs/protocol.md; the first is the one that a failure quotes
	Level  Level
	Weight int // of a passed case in the score; 1 or more
	need   need
	seconds
	server func(*serverTry)
	client func(*clientTry)
}

// seconds is about how long a case takes in idle limits, so that the longest
// begin first.
type seconds float64

// need is what a case cannot do without.
type need int

const (
	process need = 1 << iota // the process: signals, arguments, exit status
	output                   // its standard output
	linux                    // what only Linux tells, or has
	large                    // gigabytes: --large
)

// Edge returns the transition that the case is about; ok is false for a case of
// the process or of the queue.
func (c *Case) Edge() (s fsm.State, e fsm.Event, ok bool) {
	parts := strings.Split(c.ID, "/")
	if len(parts) != 4 {
		return "", "", false
	}
	return fsm.State(parts[1]), fsm.Event(parts[2]), true
}

// Group is the part of an id before what is special to the case.
func Group(id string) string { return id[:strings.LastIndex(id, "/")] }

// Table returns the table of a role, or nil for one that there is not.
func Table(role string) *fsm.Table {
	for _, t := range []*fsm.Table{&protocol.Server, &protocol.Client} {
		if t.Role == role {
			return t
		}
	}
	return nil
}

// Cases returns the cases of a role in the order of its table.
func Cases(role string) []Case {
	if role == protocol.Client.Role {
		return slices.Concat(clientCommands(), clientConfirms(), clientFile(), clientClose(), clientProcess())
	}
	return slices.Concat(serverCommands(), serverConfirms(), serverPayload(), serverSilence(), serverShutdown(), serverQueue(), serverProcess())
}
