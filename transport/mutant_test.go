package transport

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/synctest"

	"accio/fsm"
	"accio/model"
)

// cell is a place of the table.
type cell struct {
	fsm.State
	fsm.Event
}

// Every single-cell mutant of the server's table is driven by the running loop
// through the words to depth 4 that come across its cell. It is killed where a
// session differs from the expectation. A mutant whose cell no session comes
// across behaves like the table itself: the loop asks a machine for nothing
// but the state that a fired event leads to.
func TestMutantsOfTheTableAreKilled(t *testing.T) {
	across := map[cell][]word{}
	killed, equivalent, reasons := map[model.Change]int{}, map[model.Change]int{}, map[string]int{}
	synctest.Test(t, func(t *testing.T) {
		words(4, func(w word, _ bool) {
			met := map[cell]bool{}
			for _, tr := range explore(&fsm.Server, w, nil).path {
				if c := (cell{tr.From, tr.Event}); !met[c] {
					met[c] = true
					across[c] = append(across[c], w)
				}
			}
		})
		for _, list := range across { // so that a shortest word kills
			slices.SortStableFunc(list, func(v, w word) int { return len(v.inputs) - len(w.inputs) })
		}
		for _, m := range model.Mutants(&fsm.Server) {
			list := across[cell{m.Cell.From, m.Cell.Event}]
			if len(list) == 0 {
				if m.Change != model.Add {
					t.Errorf("%s: no session comes across it", m.Name)
				}
				equivalent[m.Change]++
				continue
			}
			reason, example := "", ""
			for _, w := range list {
				if reason, example = kill(m.Table, w); reason != "" {
					break
				}
			}
			if reason == "" {
				t.Errorf("%s survives %d sessions", m.Name, len(list))
				continue
			}
			killed[m.Change]++
			reasons[reason]++
			if testing.Verbose() {
				t.Logf("%-60s %-16s %s", m.Name, reason, example)
			}
		}
	})
	for _, reason := range []string{"illegal event", "endless", "events", "result"} {
		if reasons[reason] == 0 {
			t.Errorf("no mutant is killed by %q", reason)
		}
	}
	t.Logf("killed %v, equivalent %v; by %v", killed, equivalent, reasons)
}

// kill runs a word on a mutant and says by what it is killed, if it is.
func kill(table *fsm.Table, w word) (reason, example string) {
	x := explore(table, w, nil)
	difference := x.differs(w)
	var illegal *fsm.IllegalEventError
	switch {
	case difference == "":
		return "", ""
	case x.err != nil && strings.Contains(fmt.Sprint(x.err), "more events"):
		return "endless", difference
	case errors.As(x.result.Err, &illegal):
		return "illegal event", difference
	case strings.Contains(difference, "result"):
		return "result", difference
	}
	return "events", difference
}
