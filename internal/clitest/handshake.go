package clitest

import (
	"strconv"

	"accio/fsm"
)

// Handshake returns the steps of Talk by which the peer of a table leads it from
// its first state to the first that neither writes nor expects a text.
func Handshake(table *fsm.Table) (steps []string) {
	state := table.Initial
	for range table.Activities {
		a := table.Activity(state)
		quoted := strconv.Quote(a.Text)
		text := quoted[1 : len(quoted)-1]
		switch a.Action {
		case fsm.Write:
			steps = append(steps, "<"+text)
		case fsm.Expect:
			steps = append(steps, ">"+text)
		default:
			return steps
		}
		state, _ = table.Next(state, a.Ends)
	}
	return steps
}

// Early returns the same as two steps: all that the peer sends, and then all
// that it receives. An end that writes first must have room for that.
func Early(table *fsm.Table) (sends, receives string) {
	sends, receives = ">", "<"
	for _, step := range Handshake(table) {
		if step[0] == '>' {
			sends += step[1:]
		} else {
			receives += step[1:]
		}
	}
	return sends, receives
}
