package modelcheck

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// Trace is a run, or the part of it that shows something: a counterexample or
// a witness. Every step is one of the system.
type Trace[S comparable] struct {
	Property string  // empty for Graph.Path
	Kind     Kind    // of the property
	Outcome  Outcome // of the property
	Start    S       // an initial state
	Stem     []Step[S]
	Loop     []Step[S] // repeated for ever after Stem, to whose last state it returns; may be empty
	Since    int       // of a liveness property: how many steps of Stem lead to the state after which the goal is missing

	format func(S) string
}

// Labels returns the labels of Stem, then of Loop.
func (t *Trace[S]) Labels() []string {
	var labels []string
	for _, step := range t.steps() {
		labels = append(labels, step.Label)
	}
	return labels
}

// States returns Start and the state after each step of Stem, then of Loop.
func (t *Trace[S]) States() []S {
	states := []S{t.Start}
	for _, step := range t.steps() {
		states = append(states, step.To)
	}
	return states
}

// last is the state after Stem.
func (t *Trace[S]) last() S {
	if n := len(t.Stem); n > 0 {
		return t.Stem[n-1].To
	}
	return t.Start
}

// String returns a line for each step, numbered from 1, with the state after
// it. Line 0 is the initial state.
func (t *Trace[S]) String() string {
	var b strings.Builder
	if t.Property != "" {
		fmt.Fprintf(&b, "%v: %s\n", t.Outcome, t.Property)
	}
	width := 0
	for _, label := range t.Labels() {
		width = max(width, utf8.RuneCountInString(label))
	}
	line := func(n int, label string, s S) {
		fmt.Fprintf(&b, "%4d. %-*s  %s\n", n, width, label, t.show(s))
		if t.Kind == KindLeadsTo && n == t.Since {
			b.WriteString("      the goal is missing from here on\n")
		}
	}
	line(0, "", t.Start)
	for i, step := range t.steps() {
		if i == len(t.Stem) {
			b.WriteString("      these steps repeat for ever:\n")
		}
		line(i+1, step.Label, step.To)
	}
	switch {
	case len(t.Loop) > 0:
		fmt.Fprintf(&b, "      back in the state of line %d\n", len(t.Stem))
	case t.Kind == KindEventually, t.Kind == KindLeadsTo, t.Kind == KindNoDeadlock:
		b.WriteString("      no step is possible here\n")
	}
	return b.String()
}

func (t *Trace[S]) steps() []Step[S] {
	return append(t.Stem[:len(t.Stem):len(t.Stem)], t.Loop...)
}

func (t *Trace[S]) show(s S) string {
	if t.format == nil {
		return fmt.Sprint(s)
	}
	return t.format(s)
}
