package live

import (
	"time"

	"accio/fsm"
	"accio/transport"
)

// Snapshot is what the page shows, and what the API and the stream of events
// say, as JSON (docs/live.md). An update is a snapshot too, whose Recent has
// only what ended since the one before.
type Snapshot struct {
	Instance    string            `json:"instance"` // differs between two runs of a server
	Now         time.Time         `json:"now"`
	Server      Server            `json:"server"`
	Queue       *int              `json:"queue"` // nil where it is not known
	Connections Connections       `json:"connections"`
	Bytes       int64             `json:"bytes"`
	Transitions []Count           `json:"transitions"` // in the order of the table
	Sessions    map[fsm.State]int `json:"sessions"`
	InService   int               `json:"inService"`
	Serving     []Serving         `json:"serving"` // at most 50 of those, the busiest first
	Recent      []Ended           `json:"recent"`  // newest first
	Dropped     bool              `json:"dropped,omitempty"`
}

// Server is what does not change while the server runs.
type Server struct {
	Address   string    `json:"address"`
	Version   string    `json:"version"`
	Started   time.Time `json:"started"`
	IdleLimit float64   `json:"idleLimit"` // seconds
}

// Connections counts those that have ended.
type Connections struct {
	OK    uint64 `json:"ok"`
	Error uint64 `json:"error"`
}

// Count is how often a transition was taken.
type Count struct {
	From  fsm.State `json:"from"`
	Event fsm.Event `json:"event"`
	To    fsm.State `json:"to"`
	Count uint64    `json:"count"`
}

// Step is a transition that a connection took, and when, in seconds since
// service began.
type Step struct {
	From  fsm.State `json:"from"`
	Event fsm.Event `json:"event"`
	To    fsm.State `json:"to"`
	Since float64   `json:"since"`
}

// Serving is a connection in service. Its rate is in bytes a second. Arrived are
// the bytes of the text that the state expects that have come, of Expected;
// Missing says in words what has not, once something has. Left are the seconds
// until the idle limit.
type Serving struct {
	Connection uint64    `json:"connection"`
	Remote     string    `json:"remote"`
	State      fsm.State `json:"state"`
	Bytes      int64     `json:"bytes"`
	Rate       float64   `json:"rate"`
	Arrived    int       `json:"arrived"`
	Expected   int       `json:"expected"`
	Missing    string    `json:"missing"`
	Left       float64   `json:"left"`
	Started    time.Time `json:"started"`
	Path       []Step    `json:"path"`
	More       int       `json:"more,omitempty"` // transitions after those of Path
}

// Ended is a connection that has ended. From and Event are what led to State;
// Reason and Hint are the words of the log, and empty where all went well.
type Ended struct {
	Connection uint64    `json:"connection"`
	Remote     string    `json:"remote"`
	State      fsm.State `json:"state"`
	From       fsm.State `json:"from"`
	Event      fsm.Event `json:"event"`
	Bytes      int64     `json:"bytes"`
	Reason     string    `json:"reason"`
	Hint       string    `json:"hint"`
	Started    time.Time `json:"started"`
	Seconds    float64   `json:"seconds"`
	Path       []Step    `json:"path"`
	More       int       `json:"more,omitempty"` // transitions after those of Path
}

func (o *Observer) steps(path []step) []Step {
	steps := make([]Step, len(path))
	for i, s := range path {
		tr := &o.table.Transitions[s.row]
		steps[i] = Step{tr.From, tr.Event, tr.To, s.since.Seconds()}
	}
	return steps
}

func (o *Observer) ended(r *record) Ended {
	_, taken := r.now()
	return Ended{
		Connection: r.connection, Remote: transport.Peer(r.peer()), State: r.state, From: r.from, Event: r.event,
		Bytes: r.bytes, Reason: r.reason, Hint: r.hint, Started: r.started.UTC(), Seconds: r.elapsed.Seconds(),
		Path: o.steps(taken), More: int(r.more.Load()),
	}
}
