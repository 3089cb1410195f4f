package diagram

import (
	"errors"
	"fmt"
	"strings"

	"accio/fsm"
	"accio/protocol"
)

const (
	readmeBegin = "<!-- The diagram is drawn by \"go generate ./...\" from protocol/server.go. -->\n"
	readmeEnd   = "<!-- End of the diagram. -->\n"
)

// ErrNoMarks is returned by [Readme] for a text without the marks between
// which the diagram stands.
var ErrNoMarks = errors.New("no marks for the diagram")

// Readme returns text, README.md, with the picture of the server and what it
// shows in words.
func Readme(text string) (string, error) {
	before, rest, ok := strings.Cut(text, readmeBegin)
	_, after, okEnd := strings.Cut(rest, readmeEnd)
	if !ok || !okEnd {
		return "", ErrNoMarks
	}
	path, _, err := goodPath(&protocol.Server)
	if err != nil {
		return "", err
	}
	names := make([]string, len(path))
	for i, state := range path {
		names[i] = markdownText(string(state))
	}
	image := fmt.Sprintf("[![The states of the server. A good session goes through %s.](%s)](docs/state-diagram.md)\n",
		strings.Join(names, ", "), File(&protocol.Server))
	return before + readmeBegin + "\n" + image + "\n" + readmeEnd + after, nil
}

// File returns the place of the picture of a table, from the root of the tree.
func File(t *fsm.Table) string {
	if t.Role == protocol.Server.Role {
		return "docs/state-diagram.svg"
	}
	return "docs/state-diagram-" + id(fsm.State(t.Role)) + ".svg"
}
