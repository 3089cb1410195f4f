package transport

import (
	"errors"
	"fmt"
	"time"

	"accio/fsm"
	"accio/internal/errno"
)

// report is what explain works from.
type report struct {
	ending
	table   *fsm.Table
	idle    time.Duration
	payload int64
	silence time.Duration // since the idle clock was last restarted
}

// explain says in plain words what ended a session, what would have been right
// (docs/protocol.md §8), and what had arrived of a text. It goes by the
// activity, so that it holds for any table.
func (r *report) explain(to *Result) {
	a := r.table.Activity(r.from)
	if r.event != fsm.Shutdown {
		to.Received, to.Right = window(string(r.arrived), r.right)
	}
	if proxy, ok := errors.AsType[*ProxyError](r.err); ok && r.event != fsm.Shutdown {
		to.Reason, to.Hint = proxy.reason, proxy.hint
		return
	}
	switch r.event {
	case fsm.Mismatched:
		to.Reason, to.Hint = r.mismatched(a)
	case fsm.TimedOut:
		to.Reason, to.Hint = r.timedOut(a)
	case fsm.Closed:
		to.Reason, to.Hint = r.closed(a)
	case fsm.Shutdown:
		to.Reason = "told to stop"
	case fsm.Aborted:
		to.Reason, to.Hint = fmt.Sprint(r.err), r.waited(a)
	default:
		to.Reason, to.Hint = r.failed(a)
	}
}

func (r *report) mismatched(a fsm.Activity) (reason, hint string) {
	if len(r.arrived) == 0 { // an action of the table's own
		if r.err == nil {
			return fmt.Sprintf("the %s sent what may not come here", r.table.Peer), ""
		}
		return r.err.Error(), ""
	}
	got := byteName(r.arrived[r.right])
	switch {
	case a.Action == fsm.Drain:
		return fmt.Sprintf("the %s sent %s, wanted the end of the stream", r.table.Peer, got), ""
	case r.right == len(a.Text):
		next, _ := r.table.Next(a.State, a.Ends)
		return fmt.Sprintf("%s came after %s, before that was answered", got, quote(a.Text)),
			fmt.Sprintf("the %s may send nothing more until it has read %s", r.table.Peer, quote(r.table.Activity(next).Text))
	}
	reason = fmt.Sprintf("byte %d is %s, wanted %s", r.right+1, got, byteName(a.Text[r.right]))
	return reason, newMismatch(r.table, a, string(r.arrived), r.right).hint()
}

func (r *report) timedOut(a fsm.Activity) (reason, hint string) {
	reason = fmt.Sprintf("no data for %s", r.idle)
	if r.writing || a.Action == fsm.Write || a.Action == fsm.Upload {
		return reason, fmt.Sprintf("the %s takes no data", r.table.Peer)
	}
	switch a.Action {
	case fsm.Count:
		return reason, fmt.Sprintf("the %s has not ended its side of the stream: that takes shutdown(SHUT_WR) in Python and C,"+
			" shutdownOutput() in Java, and the flag -N of OpenBSD nc", r.table.Peer)
	case fsm.Drain:
		return reason, fmt.Sprintf("the %s did not close after the end of the file", r.table.Peer)
	case fsm.Expect:
	default:
		return reason, r.table.Hint(fsm.Silent, r.from)
	}
	hint = r.waited(a)
	if r.right == 0 {
		hint = also(hint, r.table.Hint(fsm.Silent, r.from))
	}
	return reason, hint
}

// waited says what of a text has not come, if one is awaited.
func (r *report) waited(a fsm.Activity) string {
	switch {
	case a.Action != fsm.Expect:
		return ""
	case r.right > 0:
		return r.missing(a)
	}
	return "waited for " + quote(a.Text)
}

func (r *report) closed(a fsm.Activity) (reason, hint string) {
	switch {
	case a.Action != fsm.Expect:
		return fmt.Sprintf("the %s closed", r.table.Peer), ""
	case r.right == len(a.Text):
		return fmt.Sprintf("the %s closed after %s, before that was answered", r.table.Peer, quote(a.Text)), ""
	case r.right > 0:
		return fmt.Sprintf("the %s closed within the %d bytes of %s", r.table.Peer, len(a.Text), quote(a.Text)), r.missing(a)
	}
	return fmt.Sprintf("the %s closed before it sent anything of %s", r.table.Peer, quote(a.Text)), r.left()
}

func (r *report) failed(a fsm.Activity) (reason, hint string) {
	if r.err == nil { // an event of the table's own
		return string(r.event), ""
	}
	if !errno.IsReset(r.err) {
		return fmt.Sprint(r.err), ""
	}
	reason = fmt.Sprintf("the %s reset the connection", r.table.Peer)
	switch {
	case a.Action == fsm.Upload || a.Action == fsm.Drain:
		return reason, "its log says why"
	case a.Action == fsm.Count:
		reason = fmt.Sprintf("%s after %d bytes", reason, r.payload)
	}
	hint = r.left()
	if hint == "" || hint == probeHint { // or a peer that closed before what it had sent was read
		hint = also(hint, r.table.Hint(fsm.Reset, r.from))
	}
	return reason, hint
}

// also joins two hints, of which either may be empty.
func also(first, second string) string {
	if first == "" || second == "" {
		return first + second
	}
	return first + "; " + second
}

const probeHint = "if this is a port probe or a health check, wait for the server's listening line instead"

// probeMost is how long a port probe stays, at most.
const probeMost = time.Second

// left says of a peer that went away what it may have been: one that stayed, and
// sent nothing, has waited for something.
func (r *report) left() string {
	waited := r.table.Hint(fsm.Left, r.from)
	switch {
	case r.right > 0 || waited == "":
		return ""
	case r.silence < probeMost:
		return probeHint
	}
	return fmt.Sprintf("it had waited for %s; %s", r.silence.Round(100*time.Millisecond), waited)
}

// missing says what of a text has not come.
func (r *report) missing(a fsm.Activity) string {
	missing := Missing(a.Text, r.right)
	if r.right >= emptyLine(a.Text) {
		return missing + "; wanted " + quote(a.Text) + ", exactly"
	}
	return fmt.Sprintf("%d of %d bytes came, %s", r.right, len(a.Text), missing)
}

// Missing says in words what is missing of a text, of which got bytes have come;
// nothing if none has, or all have.
func Missing(text string, got int) string {
	switch {
	case got <= 0 || got >= len(text):
		return ""
	case got >= emptyLine(text):
		return "the empty line is missing"
	}
	return quote(text[got:]) + " is missing"
}
