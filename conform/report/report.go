// Package report writes what a run of package conform has found, for people and
// for other programs (docs/conformance.md).
package report

import (
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"accio/conform"

	"github.com/dustin/go-humanize/english"
)

// Formats are those of a file.
var Formats = map[string]func(io.Writer, *conform.Report) error{
	"json":       JSON,
	"junit":      JUnit,
	"tap":        TAP,
	"gradescope": Gradescope,
	"html":       HTML,
}

// Names are the formats in a sentence.
func Names() string { return strings.Join(slices.Sorted(maps.Keys(Formats)), ", ") }

// Hints says how much of a failure is told.
type Hints string

const (
	None   Hints = "none"   // that it failed
	Claims Hints = "claims" // what was wanted, and by which claim, and what came
	Full   Hints = "full"   // also what may be the mistake, and the exchange
)

// Redact returns a report that tells no more than it may.
func Redact(r *conform.Report, h Hints) *conform.Report {
	if h == Full {
		return r
	}
	c := *r
	c.Cases = slices.Clone(r.Cases)
	for i := range c.Cases {
		k := &c.Cases[i]
		k.Hint, k.Transcript = "", nil
		if h == None && !k.Verdict.Good() && k.Verdict != conform.Skip {
			k.Reason, k.Expected, k.Got, k.Claim = "", "", "", ""
		}
	}
	return &c
}

// JSON writes the report as it is.
func JSON(w io.Writer, r *conform.Report) error {
	e := json.NewEncoder(w)
	e.SetIndent("", "  ")
	e.SetEscapeHTML(false)
	return e.Encode(r)
}

// Read reads what JSON has written.
func Read(in io.Reader) (*conform.Report, error) {
	r := new(conform.Report)
	if err := json.NewDecoder(in).Decode(r); err != nil {
		return nil, err
	}
	if r.Schema != conform.Schema {
		return nil, fmt.Errorf("schema %q: it must be %q", r.Schema, conform.Schema)
	}
	return r, nil
}

// name is what people call the subject.
func name(s conform.Subject) string {
	switch {
	case s.Name != "":
		return s.Name
	case s.Address != "":
		return s.Address
	}
	return strings.Join(s.Command, " ")
}

// lines are what is told of a failure: a word, and what stands behind it.
func lines(r conform.Result) [][2]string {
	var list [][2]string
	add := func(word, text string) {
		if text != "" {
			list = append(list, [2]string{word, text})
		}
	}
	add("claim", r.Claim)
	add("wanted", r.Expected)
	add("got", r.Got)
	if r.Expected == "" {
		add("reason", r.Reason)
	}
	add("hint", r.Hint)
	if r.Tries > 1 {
		add("tries", fmt.Sprint(r.Tries, ", the last one alone"))
	}
	return list
}

// details are the lines of a failure, and the exchange, as text.
func details(r conform.Result) string {
	var b strings.Builder
	for _, l := range lines(r) {
		fmt.Fprintf(&b, "%-7s %s\n", l[0], l[1])
	}
	for _, line := range r.Transcript {
		b.WriteString(line + "\n")
	}
	return b.String()
}

// summary is a sentence with the totals.
func summary(r *conform.Report) string {
	t := r.Totals
	var parts []string
	for _, v := range conform.Verdicts {
		if n := t.Of(v); n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", n, words[v]))
		}
	}
	text := fmt.Sprintf("%s: %s; %d of %d points; %.1f s", english.Plural(len(r.Cases), "case", ""), strings.Join(parts, ", "), t.Score, t.OutOf, r.Seconds)
	if r.Partial != "" {
		text += "\nPARTIAL: " + r.Partial
	}
	return text
}

var words = map[conform.Verdict]string{
	conform.Pass: "passed", conform.Fail: "failed", conform.Skip: "skipped", conform.Flaky: "flaky",
	conform.XFail: "failed as expected", conform.XPass: "passed although expected to fail",
}
