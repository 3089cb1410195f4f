package record

import (
	"io"
	"testing"
	"time"

	"accio/protocol"
	"accio/trace"
	"accio/transport"
)

// What the trace of a session costs by itself.
func BenchmarkTraceFile(b *testing.B) {
	b.ReportAllocs()
	f, err := OpenTrace(trace.Create, b.TempDir()+"/trace", NewLog(io.Discard, "text", false))
	if err != nil {
		b.Fatal(err)
	}
	defer f.Close()
	for b.Loop() {
		for state := protocol.Server.Initial; !protocol.Server.IsTerminal(state); {
			event := protocol.Server.Activity(state).Ends
			to, _ := protocol.Server.Next(state, event)
			f.Transition(transport.Transition{Connection: 1, From: state, Event: event, To: to, Since: time.Millisecond})
			state = to
		}
		f.End(transport.Result{Connection: 1, State: protocol.Done, Good: true, Bytes: 500, Elapsed: time.Millisecond})
	}
}
