package modelcheck

import (
	"fmt"
	"strings"
	"text/tabwriter"
)

// Outcome is what became of a property. Only [Holds] is a pass; the zero value
// is [Undecided].
type Outcome int

// The outcomes.
const (
	Undecided Outcome = iota // the exploration is incomplete
	Holds
	Violated
	Vacuous // a liveness property, true because it speaks of no run
)

// String returns the outcome in lower case if it is a pass, else in upper case.
func (o Outcome) String() string {
	return [...]string{"UNDECIDED", "holds", "VIOLATED", "VACUOUS"}[o]
}

// Verdict is the outcome of one property.
type Verdict[S comparable] struct {
	Property string
	Kind     Kind
	Premises []string // of a liveness property, in words
	Outcome  Outcome
	// Trace is the counterexample if the property is violated, and the witness
	// of a property of the sometimes kinds if there is one; otherwise nil.
	Trace *Trace[S]
}

// Report is the result of [Check].
type Report[S comparable] struct {
	States   int
	Edges    int          // different (from, label, to)
	Depth    int          // of the deepest state
	Bytes    int          // see Graph.Bytes
	Verdicts []Verdict[S] // in the order of the properties
	Err      error        // not nil if something was left out: a *BoundError, ErrNoInitial, ErrStopped or the cause of a context
}

// OK reports whether the exploration is complete, there is a property, and
// every property holds.
func (r Report[S]) OK() bool {
	for _, v := range r.Verdicts {
		if v.Outcome != Holds {
			return false
		}
	}
	return r.Err == nil && len(r.Verdicts) > 0
}

// String returns the counts and a table with a line for each property. Its
// column steps is the length of the trace, stem and loop.
func (r Report[S]) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%d states, %d edges, depth %d\n", r.States, r.Edges, r.Depth)
	if r.Err != nil {
		fmt.Fprintf(&b, "INCOMPLETE: %v\n", r.Err)
	}
	w := tabwriter.NewWriter(&b, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "verdict\tkind\tsteps\tproperty")
	for _, v := range r.Verdicts {
		steps, name := "-", v.Property
		if v.Trace != nil {
			steps = fmt.Sprint(len(v.Trace.Stem))
			if len(v.Trace.Loop) > 0 {
				steps += fmt.Sprintf("+%d", len(v.Trace.Loop))
			}
		}
		if len(v.Premises) > 0 {
			name += " (" + strings.Join(v.Premises, "; ") + ")"
		}
		fmt.Fprintf(w, "%v\t%s\t%s\t%s\n", v.Outcome, v.Kind, steps, name)
	}
	w.Flush()
	return b.String()
}
