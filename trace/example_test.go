package trace_test

import (
	"bytes"
	"fmt"
	"time"

	"accio/fsm"
	"accio/trace"
)

// bell rings once.
var bell = (&fsm.Table{
	Role: "bell", Peer: "ear", Initial: "Ring", Terminal: []fsm.State{"Heard", "Lost"}, Good: []fsm.State{"Heard"},
	Events:      []fsm.Event{"rung"},
	Activities:  []fsm.Activity{fsm.In("Ring", fsm.Write, "ding\n", "rung")},
	Transitions: []fsm.Transition{fsm.On("Ring", "rung", "Heard")},
}).Else("Lost")

// A trace of two connections, of which the second says something that the table
// does not.
func Example() {
	var file bytes.Buffer
	e := trace.NewEncoder(&file)
	for connection, event := range []fsm.Event{"rung", fsm.Mismatched} {
		n := uint64(connection + 1)
		e.Transition(trace.Transition{Connection: n, From: "Ring", Event: event, To: "Heard", Since: time.Millisecond})
		if err := e.End(trace.End{Connection: n, Result: "0", Since: time.Millisecond}); err != nil {
			fmt.Println(err)
		}
	}
	fmt.Print(&file)

	report, err := trace.Check(&file, &bell)
	fmt.Println(report.Connections, "connections,", report.Coverage.Seen(), "transition seen,", err)
	for _, v := range report.Violations {
		fmt.Printf("line %d: %v\n", v.Line, v)
	}
	// Output:
	// {"t":1000000,"connection":1,"from":"Ring","event":"rung","to":"Heard"}
	// {"t":1000000,"connection":1,"result":"0","bytes":0}
	// {"t":1000000,"connection":2,"from":"Ring","event":"mismatched","to":"Heard"}
	// {"t":1000000,"connection":2,"result":"0","bytes":0}
	// 2 connections, 1 transition seen, <nil>
	// line 3: event: "mismatched"; allowed: [rung timedout failed shutdown]
}
