package transport

import (
	"fmt"
	"strings"
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
}

// explain says in plain words what ended a session, and what would have been
// right (docs/protocol.md §8). It goes by the activity, so that it holds for
// any table.
func (r *report) explain() (reason, hint string) {
	a := r.table.Activity(r.from)
	switch r.event {
	case fsm.Mismatched:
		return r.mismatched(a)
	case fsm.TimedOut:
		return r.timedOut(a)
	case fsm.Closed:
		return r.closed(a)
	case fsm.Shutdown:
		return "told to stop", ""
	}
	return r.failed(a)
}

func (r *report) mismatched(a fsm.Activity) (reason, hint string) {
	at := len(r.received) - 1
	got := r.received[at]
	if a.Action == fsm.Drain {
		return fmt.Sprintf("the %s sent %s, wanted the end of the stream", r.table.Peer, byteName(got)), ""
	}
	want := a.Text[at]
	reason = fmt.Sprintf("byte %d is %s, wanted %s", at+1, byteName(got), byteName(want))
	received := fmt.Sprintf(" (received %s)", quote(r.received))
	switch {
	case got == '\n' && want == '\r':
		return reason, "bare LF, wanted CR LF" + received
	case got == 0xff:
		return reason, "0xff begins a telnet command (Ctrl-C in telnet sends some); they are data like any other" + received
	case at >= emptyLine(a.Text):
		return reason, "the confirmation ends with an empty line" + received
	}
	return reason, fmt.Sprintf("wanted %q, exactly", a.Text) + received
}

func (r *report) timedOut(a fsm.Activity) (reason, hint string) {
	reason = fmt.Sprintf("no data for %s", r.idle)
	switch a.Action {
	case fsm.Write, fsm.Upload:
		return reason, fmt.Sprintf("the %s takes no data", r.table.Peer)
	case fsm.Count:
		return reason, fmt.Sprintf("the %s never ended its side of the stream; OpenBSD nc needs -N for that", r.table.Peer)
	case fsm.Drain:
		return reason, fmt.Sprintf("the %s did not close after the end of the file", r.table.Peer)
	}
	if len(r.received) > 0 {
		return reason, r.missing(a)
	}
	hint = fmt.Sprintf("waited for %q", a.Text)
	if r.from == fsm.Client.Initial {
		hint += "; the server serves one client at a time, and a longer --timeout waits longer for it"
	}
	if r.commandFollows(a) {
		hint += `; the second accio\r\n is sent only after that, and a client that waits for both commands` +
			` before it confirms waits for ever (docs/protocol.md, "Who waits for whom")`
	}
	return reason, hint
}

func (r *report) closed(a fsm.Activity) (reason, hint string) {
	if a.Action != fsm.Expect {
		return fmt.Sprintf("the %s closed", r.table.Peer), ""
	}
	if len(r.received) > 0 {
		return fmt.Sprintf("the %s closed within the %d bytes of %q", r.table.Peer, len(a.Text), a.Text), r.missing(a)
	}
	reason = fmt.Sprintf("the %s closed before it sent anything of %q", r.table.Peer, a.Text)
	if r.commandFollows(a) {
		hint = probeHint
	}
	return reason, hint
}

func (r *report) failed(a fsm.Activity) (reason, hint string) {
	if !errno.IsReset(r.err) {
		return fmt.Sprint(r.err), ""
	}
	reason = fmt.Sprintf("the %s reset the connection", r.table.Peer)
	switch a.Action {
	case fsm.Count:
		return fmt.Sprintf("%s after %d bytes", reason, r.payload), fmt.Sprintf("a client that closes before it has read"+
			" both commands makes its system send a reset: read both %q first, then close", fsm.Accio)
	case fsm.Upload, fsm.Drain:
		return reason, "its log says why"
	}
	if r.table.Role == fsm.Server.Role {
		hint = "it must not close both directions before it has read both commands: close the write side and read on"
		if len(r.received) == 0 && r.commandFollows(a) {
			hint += "; " + probeHint
		}
	}
	return reason, hint
}

const probeHint = "if this is a port probe or a health check, wait for the server's listening line instead"

// missing says what of a text has not come.
func (r *report) missing(a fsm.Activity) string {
	got, missing := len(r.received), Missing(a.Text, len(r.received))
	if got >= emptyLine(a.Text) {
		return fmt.Sprintf("%s: the confirmation ends with one (received %s)", missing, quote(r.received))
	}
	return fmt.Sprintf("%d of %d bytes came, %s (received %s)", got, len(a.Text), missing, quote(r.received))
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
	return fmt.Sprintf("%q is missing", text[got:])
}

// commandFollows reports whether the peer gets a command after this activity.
func (r *report) commandFollows(a fsm.Activity) bool {
	next, _ := r.table.Next(a.State, a.Ends)
	return r.table.Activity(next).Text == fsm.Accio
}

// emptyLine returns where the empty line begins that ends text, or a place
// beyond its end if none does.
func emptyLine(text string) int {
	if strings.HasSuffix(text, "\r\n\r\n") {
		return len(text) - len("\r\n")
	}
	return len(text) + 1
}

func byteName(b byte) string {
	switch {
	case b == '\r':
		return "CR"
	case b == '\n':
		return "LF"
	case b < ' ' || b > '~':
		return fmt.Sprintf("0x%02x", b)
	}
	return fmt.Sprintf("%q", b)
}

// quote quotes what has come of a text, which is no longer than that, so that
// it can be printed anywhere.
func quote(p []byte) string { return fmt.Sprintf("%+q", p) }
