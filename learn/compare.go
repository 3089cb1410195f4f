package learn

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"accio/conform"
	"accio/fsm"
	"accio/mealy"
)

// Difference is a place at which the program is not what the table says.
type Difference struct {
	State      fsm.State  `json:"state"`           // of the table
	Event      fsm.Event  `json:"event,omitempty"` // that the last input of Word is there; empty if it is none
	Word       mealy.Word `json:"word"`            // the shortest that shows it
	Want       string     `json:"want"`            // the last output by the table
	Got        string     `json:"got"`             // and that of the program
	Always     bool       `json:"always"`          // each input that is the event there does so
	To         string     `json:"to"`              // where the program is then: a state of the table, or one of its own
	Sentence   string     `json:"sentence"`
	Claim      string     `json:"claim,omitempty"` // of the contract, with its number
	Transcript []string   `json:"transcript"`      // of Word, played once more
}

// errMistaken says that an answer was wrong, and what is known was corrected.
var errMistaken = errors.New("an answer was wrong")

// compare finds where a learned machine differs from the table, a difference for
// each state, event and output, the shortest first, each confirmed; and which
// state of the table each of its states is.
func (a *asker) compare(ctx context.Context, m *Model) error {
	type pair struct{ learned, spec int }
	type visit struct {
		pair
		word mealy.Word
	}
	names := a.names(m.Machine)
	list := []Difference{}
	if m.Greeting != a.spec.greeting {
		list = append(list, Difference{State: a.spec.table.Initial, Want: a.spec.greeting, Got: m.Greeting, Always: true, To: names[0]})
	}
	agree := map[Taken]bool{} // of some input
	seen := map[pair]bool{{}: true}
	for queue := []visit{{}}; len(queue) > 0; queue = queue[1:] {
		v := queue[0]
		for _, in := range m.Machine.Inputs {
			got, want := m.Machine.Edges[v.learned][in], a.spec.machine.Edges[v.spec][in]
			at := Taken{From: a.spec.places[v.spec].state}
			if taken := a.spec.taken[v.spec][in]; len(taken) > 0 {
				at = taken[len(taken)-1]
			}
			word := append(slices.Clone(v.word), in)
			if got.Output == want.Output {
				agree[at] = true
				if p := (pair{got.To, want.To}); !ended(got.Output) && !seen[p] {
					seen[p] = true
					queue = append(queue, visit{p, word})
				}
				continue
			}
			d := Difference{State: at.From, Event: at.Event, Word: word, Want: want.Output, Got: got.Output, To: names[got.To]}
			if !slices.ContainsFunc(list, func(o Difference) bool { return o.State == d.State && o.Event == d.Event && o.Got == d.Got }) {
				list = append(list, d)
			}
		}
	}
	for i := range list {
		d := &list[i]
		d.Always = d.Always || d.Event != "" && !agree[Taken{d.State, d.Event}]
		if err := a.confirm(ctx, d); err != nil {
			return err
		}
	}
	m.Differences, m.States = list, names
	return nil
}

// names tells which state of the table each learned state is: the one that the
// table is in after the same shortest word with the same answers, or an end with
// what it says; others are extra.
func (a *asker) names(m *mealy.Machine) []string {
	names := make([]string, len(m.Edges))
	extra := 0
	for q, access := range m.Access() {
		got, _ := m.Run(access)
		want, at := a.spec.machine.Run(access)
		place := a.spec.places[at]
		switch {
		case len(got) > 0 && ended(got[len(got)-1]):
			names[q] = a.end(got[len(got)-1])
		case slices.Equal(got, want):
			if names[q] = string(place.state); place.right > 0 {
				names[q] = fmt.Sprintf("%s, %d bytes in", place.state, place.right)
			}
		}
		if names[q] == "" {
			extra++
			names[q] = fmt.Sprintf("extra %d", extra)
		}
	}
	return names
}

// end is the terminal state that an output says; none if it says neither.
func (a *asker) end(output string) string {
	t := a.spec.table
	for _, s := range t.Terminal {
		good := strings.Contains(output, printsCount) || strings.Contains(output, exitsWell)
		bad := strings.Contains(output, printsError) || strings.Contains(output, exitsBadly)
		if good && t.IsGood(s) || bad && !t.IsGood(s) {
			return string(s)
		}
	}
	return ""
}

// confirm plays the word of a difference once more, without haste, and says in
// words what it is.
func (a *asker) confirm(ctx context.Context, d *Difference) error {
	if ctx.Err() == nil { // else it is told unconfirmed
		out, log, err := a.run(ctx, d.Word, nil, 4*a.Settle)
		if err != nil {
			return err
		}
		if out[len(out)-1] != d.Got || len(out) != len(d.Word)+1 {
			if _, err := a.again(ctx, d.Word, version{out: out, log: log}); err != nil {
				return err
			}
			return errMistaken
		}
		d.Transcript = log
	}
	what := "at the beginning"
	if len(d.Word) > 0 {
		what = after(d.Word[len(d.Word)-1])
	}
	d.Sentence = fmt.Sprintf("%s in %s it %s; the table says: it %s", what, d.State, does(d.Got), does(d.Want))
	if number := claim(a.spec.table.Role, d); number != "" {
		d.Claim = number + " " + conform.Claim(number)
	}
	return nil
}

func after(in string) string {
	switch in {
	case End:
		return "after the end of the stream"
	case Reset:
		return "after a reset"
	case Silence:
		return "after silence for the idle limit"
	}
	return "after " + in
}

func does(output string) string {
	if output == Nothing {
		return "does nothing"
	}
	return strings.ReplaceAll(output, ", ", " and ")
}

// claim is the number of the one that a difference breaks.
func claim(role string, d *Difference) string {
	byEvent := map[fsm.Event]string{fsm.Mismatched: "1.7", fsm.Closed: "3.3", fsm.TimedOut: "4.1", fsm.Failed: "3.2"}
	if role == "client" {
		byEvent = map[fsm.Event]string{fsm.Mismatched: "1.7", fsm.Closed: "7.4", fsm.TimedOut: "7.3", fsm.Failed: "7.4"}
	}
	switch {
	case strings.Contains(d.Want, printsCount):
		return "1.5"
	case byEvent[d.Event] != "" && d.Want != exitsWell:
		return byEvent[d.Event]
	case role == "client":
		return "7.1"
	case len(d.Word) == 0:
		return "1.1"
	}
	return "1.8"
}
