package main

import (
	"fmt"
	"regexp"
	"strings"
)

// A mutant is one change of one file.
type mutant struct {
	// ID tells the mutant from all others. It is made of the text around the
	// change, so that edits elsewhere leave it as it is:
	//
	//	transport/session.go session.run cond: if n > 0 { → if true {
	ID   string
	File string // relative to the module, with slashes
	Func string // that the change is in, or the first name that the declaration declares
	Kind string
	Line int
	Code string // the line, for people

	source            []byte // the file
	start, end        int    // what is replaced, as offsets into the file
	text              string // by what
	line, col         int    // where coverage is looked up
	funcLine, funcEnd int    // of the function, 0 outside of one

	order int // in which the mutants of the file were made, from the outside in
	// together is how the mutant is built in one program with others.
	together *insertion
}

// apply returns the file with the change.
func (m *mutant) apply() []byte {
	text := string(m.source[:m.start]) + m.text + string(m.source[m.end:])
	if strings.Contains(m.text, mutantError) {
		text += mutantErrorType
	}
	return []byte(text)
}

// mutantError is an error that is not nil, which apply declares.
const (
	mutantError     = "errMutant{}"
	mutantErrorType = "\n\ntype errMutant struct{}\n\nfunc (errMutant) Error() string { return \"mutant\" }\n"
)

// identify gives the mutant its ID, in which shown stands for what
// replaces the text. Mutants that differ in nothing else are numbered.
func (m *mutant) identify(shown string, seen map[string]int) {
	from := strings.LastIndexByte(string(m.source[:m.start]), '\n') + 1
	to := len(m.source)
	if n := strings.IndexByte(string(m.source[m.end:]), '\n'); n >= 0 {
		to = m.end + n
	}
	rest, _, _ := strings.Cut(string(m.source[m.end:to]), " //")
	before, rest := lastPart(strings.TrimLeft(normal(string(m.source[from:m.start])), " ")), firstPart(strings.TrimRight(normal(rest), " "), 30)
	old := firstPart(normal(string(m.source[m.start:m.end])), 70)
	m.Code = before + old + rest
	m.ID = fmt.Sprintf("%s %s %s: %s", m.File, m.Func, m.Kind, m.Code)
	if m.Kind != "delete" {
		m.ID += " → " + before + firstPart(normal(shown), 70) + rest
	}
	seen[m.ID]++
	if n := seen[m.ID]; n > 1 {
		m.ID = fmt.Sprintf("%s #%d", m.ID, n)
	}
}

// normal returns the text on one line, with single spaces.
func normal(text string) string { return spaces.ReplaceAllLiteralString(text, " ") }

var spaces = regexp.MustCompile(`\s+`)

func firstPart(text string, limit int) string {
	if r := []rune(text); len(r) > limit {
		return string(r[:limit-1]) + "…"
	}
	return text
}

func lastPart(text string) string {
	if r := []rune(text); len(r) > 50 {
		return "…" + string(r[len(r)-49:])
	}
	return text
}
