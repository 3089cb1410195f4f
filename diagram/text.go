package diagram

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"accio/fsm"
)

// visible returns s with everything that cannot be seen, and the backslash,
// escaped as in Go.
func visible(s string) string {
	q := strconv.Quote(s)
	return strings.ReplaceAll(q[1:len(q)-1], `\"`, `"`)
}

// mermaidText returns text that Mermaid shows as s. It would take `\n`, `;`, `:`,
// `#`, `<` and Markdown for its own, each in some places.
func mermaidText(s string) string { return entities(visible(s), "#%d;") }

// markdownText returns text that a cell of a Markdown table shows as s.
func markdownText(s string) string { return entities(visible(s), "&#%d;") }

// entities returns s with every rune in the given format that is not a letter, a
// digit, a space, a comma or a hyphen; a hyphen at the start would begin a list.
func entities(s, format string) string {
	var b strings.Builder
	for i, r := range s {
		if unicode.IsLetter(r) || unicode.IsDigit(r) || r == ' ' || r == ',' || r == '-' && i > 0 {
			b.WriteRune(r)
		} else {
			fmt.Fprintf(&b, format, r)
		}
	}
	return b.String()
}

// reserved are the words that Mermaid 11 or 12 does not take for the id of a
// state, in lower case.
var reserved = []string{
	"", "accdescr", "acctitle", "class", "classdef", "click", "constructor", "default", "href", "note", "root",
	"scale", "state", "statediagram", "style", "tostring",
}

// id returns the Mermaid id of a state: its name if that has only ASCII letters
// and digits and is not reserved. Different states have different ids.
func id(s fsm.State) string {
	var b strings.Builder
	for _, c := range []byte(s) {
		if c <= unicode.MaxASCII && (unicode.IsLetter(rune(c)) || unicode.IsDigit(rune(c))) {
			b.WriteByte(c)
		} else {
			fmt.Fprintf(&b, "_%x_", c)
		}
	}
	if slices.Contains(reserved, strings.ToLower(string(s))) {
		b.WriteByte('_')
	}
	return b.String()
}
