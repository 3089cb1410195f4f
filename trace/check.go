package trace

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"time"

	"accio/fsm"
)

const (
	// MaxViolations is how many violations end a check.
	MaxViolations = 100
	// maxLine is the length of the longest line, without its end.
	maxLine = 4096
)

// Check reads a trace to its end and holds it against the rules and the table.
// What is wrong with the trace is in the report; the error is that of reading.
// It keeps nothing but the state of connections that have no end yet.
func Check(r io.Reader, table *fsm.Table) (Report, error) {
	k := checker{table: table, states: table.States(), open: map[uint64]*connection{}, missing: map[uint64]bool{}}
	k.report.Coverage = newCoverage(table)
	lines := bufio.NewReaderSize(r, maxLine+len("\n"))
	for !k.report.Stopped {
		line, err := lines.ReadSlice('\n')
		if len(line) == 0 && err == io.EOF {
			k.finish()
			break
		}
		k.report.Lines++
		switch {
		case err == nil:
			k.check(line)
		case errors.Is(err, bufio.ErrBufferFull):
			k.violation(Violation{Rule: RuleJSON, Found: "a longer line", Allowed: fmt.Sprintf("lines of up to %d bytes", maxLine)})
			for err == bufio.ErrBufferFull {
				_, err = lines.ReadSlice('\n')
			}
		case err == io.EOF:
			k.violation(Violation{Rule: RuleCut, Found: "a line without its end", Allowed: "lines that end in LF"})
		}
		if err != nil && err != io.EOF {
			return k.report, err
		}
	}
	return k.report, nil
}

// checker is a check in progress.
type checker struct {
	table  *fsm.Table
	states []fsm.State // of the table
	report Report
	open   map[uint64]*connection // those that have begun and not ended

	// Of the present run of the server:

	name     string          // its Run; empty if it has no line
	begun    int             // its line, if it has one and no connection yet
	last     uint64          // the highest number of a connection
	shutdown int             // the line of the first shutdown; 0 if there was none, -1 if that was reported
	limit    time.Duration   // that of the first timedout; 0 if there was none
	places   int             // how many connections are served at a time; 0 is 1
	after    int             // connections that have begun after the shutdown
	missing  map[uint64]bool // numbers up to last of which nothing has come yet: they are in service
}

func (k *checker) violation(v Violation) {
	if len(k.report.Violations) == MaxViolations {
		k.report.Stopped = true
		return
	}
	if v.Line == 0 {
		v.Line = k.report.Lines
	}
	if n := len(k.report.Parts); n > 0 {
		v.Instance = k.report.Parts[n-1].Instance
	}
	k.report.Violations = append(k.report.Violations, v)
}

func (k *checker) check(line []byte) {
	r, wrong := decode(line)
	if wrong != nil {
		k.violation(*wrong)
		return
	}
	if r.run() {
		k.run(&r)
		return
	}
	c := k.open[r.Connection]
	if c == nil {
		if c = k.begin(&r); c == nil {
			return
		}
	}
	c.line = k.report.Lines
	if r.transition() {
		k.move(c, &r)
	} else {
		k.end(c, &r)
	}
}

// begin returns a new connection for the first line of one, or nil if the line
// is one too many of a connection that has ended.
func (k *checker) begin(r *record) *connection {
	broken := func(rule Rule, found, allowed string) {
		k.violation(Violation{Connection: r.Connection, Rule: rule, Found: found, Allowed: allowed})
	}
	if k.missing[r.Connection] {
		delete(k.missing, r.Connection)
	} else {
		next := k.last + 1
		if r.Connection < next && r.From != k.table.Initial {
			broken(RuleEnded, fmt.Sprintf("connection %d has ended", r.Connection), fmt.Sprintf("connection %d in %s", next, k.table.Initial))
			return nil
		}
		k.number(r.Connection, broken)
	}
	for _, number := range slices.Sorted(maps.Keys(k.open)) {
		if c := k.open[number]; !c.overtaken {
			c.overtaken = true
			broken(RuleSequence, fmt.Sprintf("connection %d begins and connection %d has not ended", r.Connection, number), c.allowed(k.table))
		}
	}
	if k.shutdown > 0 {
		if k.after++; k.after >= k.places {
			broken(RuleShutdown, fmt.Sprintf("connection %d begins", r.Connection), fmt.Sprintf("the end of the trace, for there was a shutdown in line %d", k.shutdown))
			k.shutdown = -1
		}
	}
	k.begun, k.last = 0, max(k.last, r.Connection)
	k.report.Connections++
	k.report.Runs = max(k.report.Runs, 1)
	k.part().add(r.Connection)
	c := &connection{number: r.Connection, state: k.table.Initial}
	k.open[r.Connection] = c
	return c
}

// number holds the number of a connection against those before it, which are accepted
// in the order of their numbers: as long as they are not in the trace they are in
// service, of which there are only so many.
func (k *checker) number(n uint64, broken func(rule Rule, found, allowed string)) {
	next := k.last + 1
	most := next + uint64(max(k.places-1-len(k.missing), 0))
	if n < next || n > most {
		allowed := fmt.Sprintf("connection %d", next)
		if k.places > 1 {
			allowed = fmt.Sprintf("one of the connections up to %d that has not come yet", most)
		}
		broken(RuleNumber, fmt.Sprintf("connection %d begins", n), allowed)
		return
	}
	for ; next < n; next++ {
		k.missing[next] = true
	}
}

// finish is the end of a run of the server, or of the trace.
func (k *checker) finish() {
	empty := Violation{Rule: RuleEmpty, Allowed: fmt.Sprintf("connection 1 in %s", k.table.Initial)}
	if k.report.Lines == 0 {
		empty.Line, empty.Found = 1, "no line"
	} else if k.begun > 0 {
		empty.Line, empty.Found = k.begun, "a run without a connection"
	}
	if empty.Found != "" {
		k.violation(empty)
	}
	for _, number := range slices.Sorted(maps.Keys(k.open)) {
		c := k.open[number]
		k.violation(Violation{Line: c.line, Connection: number, Rule: RuleUnfinished,
			Found: fmt.Sprintf("nothing follows for connection %d", number), Allowed: c.allowed(k.table)})
	}
}

// part is what there is of the present run.
func (k *checker) part() *Part {
	if len(k.report.Parts) == 0 {
		k.report.Parts = append(k.report.Parts, Part{})
	}
	return &k.report.Parts[len(k.report.Parts)-1]
}

// run is the line that begins another run, or a part of one.
func (k *checker) run(r *record) {
	k.finish()
	k.report.Parts = append(k.report.Parts, Part{Run: r.Run, Instance: r.Instance})
	clear(k.open)
	clear(k.missing)
	k.begun, k.last, k.shutdown, k.limit, k.after, k.places = k.report.Lines, 0, 0, 0, 0, r.Places
	if r.First > 0 { // a part, of a run that need not begin here, and in which nobody need have come
		k.begun, k.last = 0, r.First-1
	}
	goesOn := r.First > 0 && (r.Run == k.name || k.name == "" && r.First > 1)
	if !goesOn || k.report.Runs == 0 {
		k.report.Runs++
	}
	k.name = r.Run
}
