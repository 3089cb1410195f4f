package transport

import (
	"strings"
	"testing"
	"time"

	"accio/fsm"
	"accio/protocol"
)

// Who plays an end says what the loop says.
func TestExplain(t *testing.T) {
	for _, test := range []struct {
		state        fsm.State
		event        fsm.Event
		arrived      string
		silence      time.Duration
		reason, hint string
	}{
		{protocol.AwaitConfirm1, fsm.Mismatched, "confirm-accio\n", 0, "byte 14 is LF, wanted CR", "bare LF"},
		{protocol.AwaitConfirm2, fsm.Closed, protocol.Confirm2[:21], 0, "closed within the 23 bytes", "the empty line is missing"},
		{protocol.AwaitConfirm1, fsm.TimedOut, "", 10 * time.Second, "no data for 10s", "Who waits for whom"},
		{protocol.Streaming, fsm.TimedOut, "", 10 * time.Second, "no data for 10s", "shutdown(SHUT_WR)"},
		{protocol.AwaitConfirm2, fsm.Failed, "", 2 * time.Second, "reset the connection", "before it has read both commands"},
		{protocol.AwaitConfirm1, fsm.Mismatched, "confirm", 0, "", ""}, // nothing is wrong
	} {
		reason, hint := Explain(&protocol.Server, test.state, test.event, test.arrived, test.silence)
		if !strings.Contains(reason, test.reason) || !strings.Contains(hint, test.hint) || (reason == "") != (test.reason == "") {
			t.Errorf("%s in %s: %q, %q", test.event, test.state, reason, hint)
		}
	}
}
