package model

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"

	"accio/fsm"
	"accio/modelcheck"
	"accio/protocol"
)

// story is a counterexample as the live page plays it.
type story struct {
	Title  string      `json:"title"`
	Source string      `json:"source"`
	Steps  []storyStep `json:"steps"`
}

// storyStep is one step; Event is what the server fired in it, if anything.
type storyStep struct {
	Who   string    `json:"who"`
	What  string    `json:"what"`
	Event fsm.Event `json:"event,omitempty"`
	State fsm.State `json:"state"`
	Note  string    `json:"note,omitempty"`
}

// Story returns protocol/story.json: the shortest run in which the
// server and the client as published wait for each other.
func Story() ([]byte, error) {
	client := Published()
	p := NewPair(&protocol.Server, &client, 2)
	p.Claim(p.noWaiting())
	trace := p.Check(modelcheck.Limit{}).Verdicts[0].Trace
	if trace == nil {
		return nil, fmt.Errorf("model: the published client does not wait")
	}
	s := story{
		Title:  "A client that waits for two commands",
		Source: "the model checker: accio check --traces; docs/model-checking.md tells the story",
		Steps:  []storyStep{{Who: "client", What: "connects, and confirms no command before it has both", State: protocol.Server.Initial}},
	}
	state := protocol.Server.Initial
	for _, step := range trace.Stem {
		who, what, _ := strings.Cut(step.Label, ": ")
		who, to, sends := strings.Cut(who, " → ")
		if sends {
			text, why, more := strings.Cut(what, ", ")
			what = "sends " + text + " to the " + to
			if more {
				what += ", " + why
			}
		}
		next := storyStep{Who: who, What: what, State: fsm.State(p.server.state.Show(step.To))}
		if next.State != state {
			next.Event = eventOf(state, next.State)
			state = next.State
		}
		s.Steps = append(s.Steps, next)
	}
	s.Steps[len(s.Steps)-1].Note = "The server sends the second command only after the first confirmation, this client confirms only " +
		"after the second command: nothing that either of them does can end that. Confirm each command when it comes."
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	err := e.Encode(s)
	return b.Bytes(), err
}

// eventOf returns what leads from one state to the other, the idle limit where
// there is a choice, as nothing else ends this story.
func eventOf(from, to fsm.State) fsm.Event {
	if next, _ := protocol.Server.Next(from, fsm.TimedOut); next == to {
		return fsm.TimedOut
	}
	return protocol.Server.Activity(from).Ends
}
