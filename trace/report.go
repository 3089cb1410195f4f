package trace

import (
	"fmt"
	"strconv"
	"strings"
	"text/tabwriter"

	"accio/fsm"
)

// Report is what a check has found.
type Report struct {
	Lines       int
	Connections int
	Runs        int // of the server
	Parts       []Part
	Coverage    Coverage
	Violations  []Violation // in the order of lines, those found at the end of the trace last
	Stopped     bool        // there are more violations; what follows them was not read
}

// Coverage says how often each transition of a table was seen, in the table's
// order. Transitions that broke a rule are not counted.
type Coverage []Seen

// Seen is a transition and how often it was seen.
type Seen struct {
	fsm.Transition
	Times int
}

func newCoverage(table *fsm.Table) Coverage {
	c := make(Coverage, len(table.Transitions))
	for i, tr := range table.Transitions {
		c[i].Transition = tr
	}
	return c
}

func (c Coverage) add(tr fsm.Transition) {
	for i := range c {
		if c[i].Transition == tr {
			c[i].Times++
			return
		}
	}
}

// Seen returns how many transitions were seen at all.
func (c Coverage) Seen() int {
	n := 0
	for _, s := range c {
		if s.Times > 0 {
			n++
		}
	}
	return n
}

// Add adds what was seen in another trace of the same table.
func (c Coverage) Add(other Coverage) {
	for i := range c {
		c[i].Times += other[i].Times
	}
}

// String is the coverage as people read it: a line for each transition, with a
// dash for one that was not seen.
func (c Coverage) String() string {
	var b strings.Builder
	t := tabwriter.NewWriter(&b, 0, 0, 2, ' ', 0)
	for _, s := range c {
		times := "-"
		if s.Times > 0 {
			times = strconv.Itoa(s.Times)
		}
		fmt.Fprintf(t, "%s\t%s\t→ %s\t%s\n", s.From, s.Event, s.To, times)
	}
	t.Flush()
	return b.String()
}
