package transport

import (
	"errors"
	"maps"
	"slices"
	"testing"
	"testing/synctest"

	"accio/explore"
	"accio/fsm"
	"accio/internal/require"
	"accio/model"
	"accio/protocol"
)

// cell is a place of the table.
type cell struct {
	fsm.State
	fsm.Event
}

// across returns for each cell the words to the depth that come across it, the
// shortest first.
func across(depth int) map[cell][]explore.Word {
	all := map[cell][]explore.Word{}
	words(depth, func(w explore.Word, _ bool) {
		met := map[cell]bool{}
		for _, tr := range toldBy(run("scripted", w, nil)).path {
			if c := (cell{tr.From, tr.Event}); !met[c] {
				met[c] = true
				all[c] = append(all[c], w)
			}
		}
	})
	for _, list := range all {
		slices.SortStableFunc(list, func(v, w explore.Word) int { return len(v.Inputs) - len(w.Inputs) })
	}
	return all
}

// Every single-cell mutant of the server's table is driven by the running loop
// through the words to depth 4 that come across its cell. It is killed where a
// session differs from the expectation. A mutant whose cell no session comes
// across behaves like the table itself: the loop asks a machine for nothing
// but the state that a fired event leads to. The next test runs them.
func TestMutantsOfTheTableAreKilled(t *testing.T) {
	t.Parallel()
	killed, equivalent, reasons := map[model.Change]int{}, map[model.Change]int{}, map[string]int{}
	synctest.Test(t, func(t *testing.T) {
		met := across(4)
		for _, m := range model.Mutants(&protocol.Server) {
			list := met[cell{m.Cell.From, m.Cell.Event}]
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
	// 29 transitions lead to one of 7 states; 8*7-29 cells are empty.
	if want := (map[model.Change]int{model.Delete: 29, model.Redirect: 29 * 6}); !maps.Equal(killed, want) {
		t.Errorf("killed %v, want %v", killed, want)
	}
	if want := (map[model.Change]int{model.Add: 27 * 7}); !maps.Equal(equivalent, want) {
		t.Errorf("equivalent %v, want %v", equivalent, want)
	}
	if want := (map[string]int{"illegal event": 29, "endless": 26, "seen": 123, "result": 25}); !maps.Equal(reasons, want) {
		t.Errorf("killed by %v, want %v", reasons, want)
	}
}

// kill runs a word on a mutant and says by what it is killed, if it is.
func kill(table *fsm.Table, w explore.Word) (reason, example string) {
	x := runTable("scripted", table, w, nil)
	d := differs(x, w)
	if d == nil {
		return "", ""
	}
	if illegal := (*fsm.IllegalEventError)(nil); errors.As(toldBy(x).result.Err, &illegal) {
		return "illegal event", d.String()
	}
	return string(d.Aspect), d.String()
}

// The mutants that count as equivalent, since no session to depth 4 comes
// across their cell: every session takes the same transitions with each of them
// as with the table.
func TestMutantsThatNoSessionMeetsAreEquivalent(t *testing.T) {
	t.Parallel()
	depth := deep(1, 3)
	var failures explore.Shortest
	var equivalent []model.Mutant
	synctest.Test(t, func(*testing.T) {
		met := across(4)
		for _, m := range model.Mutants(&protocol.Server) {
			if len(met[cell{m.Cell.From, m.Cell.Event}]) == 0 {
				equivalent = append(equivalent, m)
			}
		}
	})
	require.Ran(t, "mutants", len(equivalent), 27*7)
	require.Ran(t, "words", explore.InShares(t, func(t *testing.T, mine func() bool) {
		words(depth, func(w explore.Word, maximal bool) {
			if !maximal || !mine() {
				return
			}
			plain := run("scripted", w, nil)
			want := toldBy(plain)
			for i, m := range equivalent {
				failures.Ran()
				x := runTable("scripted", m.Table, w, nil)
				got := toldBy(x)
				switch {
				case !slices.Equal(got.path, want.path):
					failures.Failf(append(alphabet.Rank(w), i), "%s: %s takes %v, the table %v", w, m.Name, got.path, want.path)
				case x.Err != nil || !slices.Equal(x.Seen, plain.Seen) || got.result.State != want.result.State || got.result.Bytes != want.result.Bytes:
					failures.Failf(append(alphabet.Rank(w), i), "%s: %s shows %v and ends in %s, the table %v and in %s",
						w, m.Name, x.Seen, got.result.State, plain.Seen, want.result.State)
				}
			}
		})
	}), maximalWords[depth])
	wantSessions(t, &failures, len(equivalent)*maximalWords[depth])
}
