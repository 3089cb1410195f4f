package diagram

import "accio/fsm"

// work returns what the activity does, in words; nothing for that of a terminal
// state.
func work(a fsm.Activity) string {
	switch a.Action {
	case fsm.Write:
		return "write " + a.Text
	case fsm.Expect:
		return "expect " + a.Text
	case fsm.Count:
		return "count bytes to end of stream"
	case fsm.Upload:
		return "write file, end stream"
	case fsm.Drain:
		return "await end of stream"
	}
	return string(a.Action)
}

// traffic is what an activity puts on the wire or awaits there.
type traffic struct {
	in    bool     // towards the end whose table it is
	whole []string // if it ends as it should
	cut   string   // if it ends otherwise
}

func wire(a fsm.Activity) traffic {
	switch a.Action {
	case fsm.Write:
		return traffic{false, []string{a.Text}, "not the whole " + a.Text}
	case fsm.Expect:
		return traffic{true, []string{a.Text}, "not the whole " + a.Text}
	case fsm.Count:
		return traffic{true, []string{"file", "end of stream"}, "bytes, no end of stream"}
	case fsm.Upload:
		return traffic{false, []string{"file", "end of stream"}, "not the whole file"}
	case fsm.Drain:
		return traffic{true, []string{"end of stream"}, "no end of stream"}
	}
	return traffic{}
}
