package main

import (
	"errors"
	"fmt"
	"strings"

	"accio/diagram"
	"accio/fsm"
	"accio/protocol"
)

const (
	readmeBegin = "<!-- The diagram is drawn by \"go generate ./...\" from protocol/server.go. -->\n"
	readmeEnd   = "<!-- End of the diagram. -->\n"
)

// errNoMarks is returned by readme for a text without the marks between
// which the diagram stands.
var errNoMarks = errors.New("no marks for the diagram")

// readme returns text, README.md, with the picture of the server and what it
// shows in words.
func readme(text string) (string, error) {
	before, rest, ok := strings.Cut(text, readmeBegin)
	_, after, okEnd := strings.Cut(rest, readmeEnd)
	if !ok || !okEnd {
		return "", errNoMarks
	}
	run, err := diagram.GoodRun(&protocol.Server)
	if err != nil {
		return "", err
	}
	state := protocol.Server.Initial
	names := []string{string(state)}
	for _, event := range run {
		state, _ = protocol.Server.Next(state, event)
		names = append(names, string(state))
	}
	image := fmt.Sprintf("[![The states of the server. A good session goes through %s.](%s)](docs/state-diagram.md)\n",
		strings.Join(names, ", "), file(&protocol.Server))
	return before + readmeBegin + "\n" + image + "\n" + readmeEnd + after, nil
}

// file returns the place of the picture of a table, from the root of the tree.
func file(t *fsm.Table) string {
	if t == &protocol.Server {
		return "docs/state-diagram.svg"
	}
	return "docs/state-diagram-" + t.Role + ".svg"
}
