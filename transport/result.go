package transport

import (
	"net/netip"
	"time"

	"accio/fsm"
)

// Result is how one connection ended (docs/protocol.md §3).
type Result struct {
	Connection uint64         // 1 for the first that was accepted, or sent by a Client
	Remote     netip.AddrPort // the peer; with Server.Proxy the one that the header names, and the balancer where it names none
	State      fsm.State      // the terminal state; where the table lacked a transition, the state that lacks it
	Good       bool           // State is one of the table's good ends
	Bytes      int64          // the payload; unless Good what had come of it, which is not a result
	Started    time.Time      // when service began
	Elapsed    time.Duration  // from then to the end of the session, our close not included

	// What follows is set unless Good.

	From     fsm.State // the state in which it went wrong
	Event    fsm.Event // the event that did it
	Reason   string    // what happened, in plain words
	Hint     string    // what would have been right; may be empty
	Received string    // by any event but Shutdown, of the text that From reads: what had arrived, and what came with a wrong byte; at most 40 bytes
	Right    int       // so many bytes of Received are right; the next, if there is one, is not
	Err      error     // the error behind fsm.Failed or fsm.Aborted, a *ProxyError, or nil
}

// Explanation is the reason, with the state it happened in and the advice.
func (r *Result) Explanation() string {
	text := string(r.From) + ": " + r.Reason
	if advice := r.Advice(); advice != "" {
		text += "; " + advice
	}
	return text
}

// Advice is the hint and, in parentheses, what was received; it is empty if
// there is neither.
func (r *Result) Advice() string {
	switch {
	case r.Received == "":
		return r.Hint
	case r.Hint == "":
		return r.excerpt()
	}
	return r.Hint + " (" + r.excerpt() + ")"
}
