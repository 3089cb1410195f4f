package transport

import (
	"syscall"
	"time"

	"accio/fsm"
)

// Explain says of a peer, in the words of [Result], what it did that ended a
// session in state s with event e, and what would have been right: arrived has
// come of what the state reads, the wrong byte included. Silence is how long
// nothing had come. It is for who plays an end without running the table.
func Explain(table *fsm.Table, s fsm.State, e fsm.Event, arrived string, silence time.Duration) (reason, hint string) {
	text, right := table.Activity(s).Text, 0
	for right < min(len(text), len(arrived)) && text[right] == arrived[right] {
		right++
	}
	if e == fsm.Mismatched && right == len(arrived) {
		return "", ""
	}
	r := report{table: table, idle: silence, silence: silence,
		ending: ending{from: s, event: e, err: syscall.ECONNRESET, arrived: []byte(arrived), right: right}}
	var to Result
	r.explain(&to)
	return to.Reason, to.Hint
}
