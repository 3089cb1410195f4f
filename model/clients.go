package model

import (
	"accio/fsm"
	"accio/protocol"
)

// Published is the client that reads the published description to the letter:
// it "should not start sending anything until two full accio commands have
// been received". It is the real client with its activities in that order.
func Published() fsm.Table {
	return rechain(&protocol.Client, protocol.AwaitAccio1, protocol.AwaitAccio2, protocol.SendConfirm1, protocol.SendConfirm2, protocol.SendFile, protocol.AwaitClose)
}

// Hasty is the client that sends everything at once and then closes both
// directions, without reading a command.
func Hasty() fsm.Table {
	return rechain(&protocol.Client, protocol.SendConfirm1, protocol.SendConfirm2, protocol.SendFile)
}

// Eager is the client that sends everything at once, ends its write side and
// then reads: what a shell does with nc (docs/protocol.md §8.1).
func Eager() fsm.Table {
	return rechain(&protocol.Client, protocol.SendConfirm1, protocol.SendConfirm2, protocol.SendFile, protocol.AwaitAccio1, protocol.AwaitAccio2, protocol.AwaitClose)
}

// rechain returns t with the given activities alone, in the given order: the
// success of each leads to the next, that of the last to Done. Everything else
// stays as it is.
func rechain(t *fsm.Table, order ...fsm.State) fsm.Table {
	c := t.Clone()
	c.Initial = order[0]
	c.Activities, c.Transitions = nil, nil
	for i, s := range order {
		a := t.Activity(s)
		c.Activities = append(c.Activities, a)
		next := protocol.Done
		if i+1 < len(order) {
			next = order[i+1]
		}
		for _, tr := range t.Transitions {
			if tr.From != s {
				continue
			}
			if tr.Event == a.Ends {
				tr.To = next
			}
			c.Transitions = append(c.Transitions, tr)
		}
	}
	return c
}
