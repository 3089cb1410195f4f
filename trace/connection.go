package trace

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"accio/fsm"
)

// connection is one that has begun and has no end line yet.
type connection struct {
	number    uint64
	state     fsm.State
	since     time.Duration // of its last line
	line      int           // likewise
	counted   bool          // it has left a state that moves the payload
	overtaken bool          // another began meanwhile
}

// allowed says what may follow for the connection.
func (c *connection) allowed(table *fsm.Table) string {
	if table.IsTerminal(c.state) {
		return fmt.Sprintf("the end of connection %d, in %s", c.number, c.state)
	}
	return fmt.Sprintf("in %s: %s", c.state, exits(table, c.state))
}

// exits lists the transitions from a state.
func exits(table *fsm.Table, from fsm.State) string {
	var list []string
	for _, e := range table.Possible(from) {
		to, _ := table.Next(from, e)
		list = append(list, fmt.Sprintf("%s → %s", e, to))
	}
	return strings.Join(list, ", ")
}

// move holds a transition against the rules. Where it breaks one, the
// connection goes on from where the line says it is.
func (k *checker) move(c *connection, r *record) {
	to, ok := k.table.Next(r.From, r.Event)
	switch {
	case k.table.IsTerminal(c.state):
		k.broken(c, RuleEnded, fmt.Sprintf("%q in %s", r.Event, c.state), c.allowed(k.table))
	case !slices.Contains(k.states, r.From):
		k.broken(c, RuleState, fmt.Sprintf("from %q", r.From), fmt.Sprint(k.states))
	case !slices.Contains(k.states, r.To):
		k.broken(c, RuleState, fmt.Sprintf("to %q", r.To), fmt.Sprint(k.states))
	case !slices.Contains(k.table.Events, r.Event):
		k.broken(c, RuleEvent, fmt.Sprintf("%q", r.Event), fmt.Sprint(k.table.Events))
	case r.From != c.state:
		k.broken(c, RuleFrom, fmt.Sprintf("%s from %s to %s", r.Event, r.From, r.To), c.allowed(k.table))
	case !ok || r.To != to:
		k.broken(c, RuleTransition, fmt.Sprintf("%s from %s to %s", r.Event, r.From, r.To), c.allowed(k.table))
	default:
		k.report.Coverage.add(fsm.Transition{From: r.From, Event: r.Event, To: r.To})
	}
	k.time(c, r)
	if r.Event == fsm.TimedOut {
		k.timeout(c, r)
	}
	if r.Event == fsm.Shutdown && k.shutdown == 0 {
		k.shutdown = k.report.Lines
	}
	switch k.table.Activity(r.From).Action {
	case "", fsm.Write, fsm.Expect, fsm.Drain:
	default: // an action of the table's own may count too
		c.counted = true
	}
	if slices.Contains(k.states, r.To) {
		c.state = r.To
	}
}

func (k *checker) time(c *connection, r *record) {
	if r.Since < c.since {
		k.broken(c, RuleTime, fmt.Sprintf("t %d after %d", r.Since, c.since), fmt.Sprintf("%d or more", c.since))
	}
	c.since = r.Since
}

func (k *checker) timeout(c *connection, r *record) {
	if r.Silence < r.Limit {
		k.broken(c, RuleEarly, fmt.Sprintf("timedout after a silence of %s", r.Silence), fmt.Sprintf("%s or more", r.Limit))
	}
	if r.Silence > r.Since {
		k.broken(c, RuleSilence, fmt.Sprintf("a silence of %s in a connection of %s", r.Silence, r.Since), "none that is longer than the connection")
	}
	if k.limit == 0 {
		k.limit = r.Limit
	}
	if r.Limit != k.limit {
		k.broken(c, RuleLimit, fmt.Sprintf("a limit of %s", r.Limit), k.limit.String())
	}
}

// end holds the last line of a connection against the rules.
func (k *checker) end(c *connection, r *record) {
	k.time(c, r)
	result := ErrorResult
	if k.table.IsGood(c.state) {
		result = strconv.FormatInt(r.Bytes, 10)
	}
	switch {
	case !k.table.IsTerminal(c.state):
		k.broken(c, RuleUnfinished, fmt.Sprintf("the end of connection %d in %s", c.number, c.state), c.allowed(k.table))
	case r.Result != result:
		k.broken(c, RuleResult, fmt.Sprintf("%q in %s with bytes %d", r.Result, c.state, r.Bytes), strconv.Quote(result))
	case r.Bytes > 0 && !c.counted:
		k.broken(c, RuleBytes, fmt.Sprintf("bytes %d in a connection that counted none", r.Bytes), "0")
	}
	delete(k.open, c.number)
}

// broken reports a violation by the present line.
func (k *checker) broken(c *connection, rule Rule, found, allowed string) {
	k.violation(Violation{Connection: c.number, Rule: rule, Found: found, Allowed: allowed})
}
