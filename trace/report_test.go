package trace_test

import (
	"testing"

	"accio/fsm"
	"accio/protocol"
	"accio/trace"
)

func TestCoverageAsText(t *testing.T) {
	sent := fsm.Transition{From: protocol.SendAccio1, Event: protocol.Sent, To: protocol.AwaitConfirm1}
	failed := fsm.Transition{From: protocol.Streaming, Event: fsm.Failed, To: protocol.Error}
	closed := fsm.Transition{From: protocol.Streaming, Event: fsm.Closed, To: protocol.Done}
	c := trace.Coverage{{Transition: sent, Times: 11}, {Transition: failed}, {Transition: closed, Times: 1}}
	c.Add(trace.Coverage{{Transition: sent, Times: 2}, {Transition: failed}, {Transition: closed}})
	c = append(c, trace.Seen{Transition: fsm.Transition{From: "<b>", Event: "&lt;", To: "x"}, Times: 2})
	want := "SendAccio1  sent    → AwaitConfirm1  13\n" +
		"Streaming   failed  → Error          -\n" +
		"Streaming   closed  → Done           1\n" +
		"<b>         &lt;    → x              2\n"
	if got := c.String(); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}
