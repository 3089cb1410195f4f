package learn

import (
	"fmt"
	"strings"

	"accio/fsm"
	"accio/mealy"
)

// Nothing is the output of an input that nothing is seen to follow.
const Nothing = "nothing"

// What is seen of a program, beside bytes.
const (
	printsCount = "prints the count"
	printsError = "prints ERROR"
	closes      = "closes"
	endsStream  = "ends its stream"
	exitsWell   = "exits with 0"
	exitsBadly  = "exits with a failure"
)

// fileMark stands for the file that a client sends.
const fileMark = "<FILE>"

// Taken is a transition of a table.
type Taken struct {
	From  fsm.State
	Event fsm.Event
}

// place is where a session of the table is: in a state, with so many bytes of its
// text right.
type place struct {
	state fsm.State
	right int
}

// spec is a table as a machine over inputs: what a program that follows it does.
type spec struct {
	table   *fsm.Table
	machine *mealy.Machine
	places  []place // by state of the machine
	// taken has the transitions of each edge, the writes left out.
	taken    []map[string][]Taken
	greeting string // what is seen before the first input
}

func newSpec(t *fsm.Table) *spec {
	s := &spec{table: t, machine: &mealy.Machine{Inputs: Inputs(t)}}
	start := &run{spec: s, place: place{state: t.Initial}}
	start.enter()
	s.greeting = start.seen()
	s.places = []place{start.place}
	for i := 0; i < len(s.places); i++ {
		edges, taken := map[string]mealy.Edge{}, map[string][]Taken{}
		for _, in := range s.machine.Inputs {
			r := &run{spec: s, place: s.places[i]}
			r.input(in)
			edges[in], taken[in] = mealy.Edge{Output: r.seen(), To: s.at(r.place)}, r.taken
		}
		s.machine.Edges, s.taken = append(s.machine.Edges, edges), append(s.taken, taken)
	}
	return s
}

// at returns the state of the machine for a place.
func (s *spec) at(p place) int {
	if s.table.IsTerminal(p.state) {
		p.right = 0
	}
	for i, known := range s.places {
		if known == p {
			return i
		}
	}
	s.places = append(s.places, p)
	return len(s.places) - 1
}

// says returns the last output of the table for a word, or the greeting.
func (s *spec) says(word mealy.Word) string {
	out, _ := s.machine.Run(word)
	if len(out) == 0 {
		return s.greeting
	}
	return out[len(out)-1]
}

// payload returns how many bytes a word makes the table count.
func (s *spec) payload(word mealy.Word) (sum int) {
	r := &run{spec: s, place: place{state: s.table.Initial}}
	r.enter()
	for _, in := range word {
		r.input(in)
	}
	return r.counted
}

// run is a session of the table, of one input.
type run struct {
	*spec
	place   place
	bytes   strings.Builder // written
	other   []string        // seen beside them
	taken   []Taken
	counted int
	gone    bool // the connection, by us
}

func (r *run) fire(e fsm.Event) {
	to, _ := r.table.Next(r.place.state, e)
	if a := r.table.Activity(r.place.state); a.Action != fsm.Write && a.Action != fsm.Upload {
		r.taken = append(r.taken, Taken{r.place.state, e})
	}
	r.place = place{state: to}
	r.enter()
}

// enter does what a state does by itself.
func (r *run) enter() {
	a := r.table.Activity(r.place.state)
	switch {
	case r.table.IsTerminal(r.place.state):
		r.end(r.table.IsGood(r.place.state))
	case a.Action == fsm.Write:
		r.bytes.WriteString(a.Text)
		r.fire(a.Ends)
	case a.Action == fsm.Upload:
		r.bytes.WriteString(fileMark)
		r.other = append(r.other, endsStream)
		r.fire(a.Ends)
	}
}

// end is what is seen of an end.
func (r *run) end(good bool) {
	if isClient(r.table) {
		r.other = []string{map[bool]string{true: exitsWell, false: exitsBadly}[good]}
		return
	}
	r.other = append(r.other, map[bool]string{true: printsCount, false: printsError}[good])
	if !r.gone {
		r.other = append(r.other, closes)
	}
}

// isClient reports whether a table has a file to send.
func isClient(t *fsm.Table) bool {
	for _, a := range t.Activities {
		if a.Action == fsm.Upload {
			return true
		}
	}
	return false
}

func (r *run) input(in string) {
	text, isText := Text(in)
	switch {
	case r.table.IsTerminal(r.place.state):
	case isText:
		r.read(text)
	case in == End:
		r.closed()
	case in == Reset:
		r.gone = true
		r.fire(fsm.Failed)
	case in == Silence:
		r.fire(fsm.TimedOut)
	}
}

func (r *run) closed() {
	if a := r.table.Activity(r.place.state); a.Action == fsm.Expect {
		r.fire(fsm.Closed)
	} else {
		r.fire(a.Ends)
	}
}

func (r *run) read(text string) {
	for i := range len(text) {
		a := r.table.Activity(r.place.state)
		switch a.Action {
		case fsm.Count:
			r.counted++
			continue
		case fsm.Drain:
			r.fire(fsm.Mismatched)
			return
		case fsm.Expect:
		default:
			return
		}
		if text[i] != a.Text[r.place.right] {
			r.fire(fsm.Mismatched)
			return
		}
		if r.place.right++; r.place.right < len(a.Text) {
			continue
		}
		if isClient(r.table) && i < len(text)-1 { // before it was answered (§7.10)
			r.fire(fsm.Mismatched)
			return
		}
		r.fire(a.Ends)
	}
}

// seen is the output.
func (r *run) seen() string {
	bytes := ""
	if r.bytes.Len() > 0 {
		bytes = sends(r.bytes.String())
	}
	return output(bytes, r.other)
}

func sends(text string) string { return fmt.Sprintf("sends %s", quote(text)) }

// output joins what was seen in a fixed order.
func output(bytes string, other []string) string {
	parts := other
	if bytes != "" {
		parts = append([]string{bytes}, other...)
	}
	if len(parts) == 0 {
		return Nothing
	}
	return strings.Join(parts, ", ")
}

// ended reports whether nothing can follow an output.
func ended(out string) bool {
	for _, part := range strings.Split(out, ", ") {
		switch {
		case part == closes, part == crashes, strings.HasPrefix(part, "exits "), strings.HasPrefix(part, "prints "):
			return true
		}
	}
	return false
}

// crashes is a server that has ended.
const crashes = "ends itself"
