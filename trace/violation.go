package trace

import "fmt"

// Rule is what a trace must obey (docs/trace.md). The zero value is none.
type Rule string

// The rules, in the order in which a line is held against them.
const (
	RuleEmpty      Rule = "empty"      // a trace has a line, and a run a connection
	RuleCut        Rule = "cut"        // every line ends
	RuleJSON       Rule = "json"       // a line is a JSON object
	RuleFields     Rule = "fields"     // it has the fields of its kind, each once
	RuleNumber     Rule = "number"     // connections are numbered from 1 on in each run
	RuleSequence   Rule = "sequence"   // a connection begins when the one before has ended
	RuleShutdown   Rule = "shutdown"   // no connection of the run begins after the event shutdown
	RuleEnded      Rule = "ended"      // nothing follows a terminal state but the end, and nothing the end
	RuleState      Rule = "state"      // the table has the states
	RuleEvent      Rule = "event"      // the table has the event
	RuleFrom       Rule = "from"       // a transition begins where the connection is
	RuleTransition Rule = "transition" // the table has the transition
	RuleTime       Rule = "time"       // time does not go backwards within a connection
	RuleEarly      Rule = "early"      // a timedout comes after a silence of the limit
	RuleSilence    Rule = "silence"    // no silence is longer than the connection
	RuleLimit      Rule = "limit"      // all limits of a run are the same
	RuleUnfinished Rule = "unfinished" // a connection reaches a terminal state, and its end
	RuleResult     Rule = "result"     // the result is that of the terminal state and the bytes
	RuleBytes      Rule = "bytes"      // bytes come in a state that counts them
)

// Violation is a rule that a line breaks.
type Violation struct {
	Line       int    // from 1 on; of a connection without an end its last
	Connection uint64 // 0 if it is not known
	Instance   string // whose run it is; empty if that has no name
	Rule       Rule
	Found      string // what the line says
	Allowed    string // what it might have said
}

// String is the violation as people read it, without its line. Of an instance with a
// name it begins with that, and with the connection.
func (v Violation) String() string {
	text := fmt.Sprintf("%s: %s; allowed: %s", v.Rule, v.Found, v.Allowed)
	switch {
	case v.Instance == "":
		return text
	case v.Connection == 0:
		return fmt.Sprintf("instance %s: %s", v.Instance, text)
	}
	return fmt.Sprintf("connection %d of instance %s: %s", v.Connection, v.Instance, text)
}
