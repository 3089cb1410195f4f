package diagram

import (
	"errors"
	"strings"

	"accio/fsm"
)

const (
	readmeBegin = "<!-- The diagram is drawn by \"go generate ./...\" from fsm/server.go. -->\n"
	readmeEnd   = "<!-- End of the diagram. -->\n"
)

// ErrNoMarks is returned by [Readme] for a text without the marks between
// which the diagram stands.
var ErrNoMarks = errors.New("no marks for the diagram")

// Readme returns text, README.md, with the server's diagram drawn anew.
func Readme(text string) (string, error) {
	before, rest, ok := strings.Cut(text, readmeBegin)
	_, after, okEnd := strings.Cut(rest, readmeEnd)
	if !ok || !okEnd {
		return "", ErrNoMarks
	}
	return before + readmeBegin + "\n" + fence(Mermaid(&fsm.Server)) + "\n" + readmeEnd + after, nil
}
