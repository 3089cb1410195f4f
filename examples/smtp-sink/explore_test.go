package main

import (
	"maps"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"accio/examples/smtp-sink/rfc5321"
	"accio/explore"
	"accio/explore/served"
	"accio/fsm"
	"accio/internal/racing"
	"accio/internal/require"
	"accio/model"
)

const idle = 10 * time.Second

// heard is the sink on a table, as far as RFC 5321 says anything of it.
func heard(table *fsm.Table) explore.Subject {
	return explore.Hear(served.Table(table, do, idle), rfc5321.Classes)
}

// The sink says what RFC 5321 says, on every word, with something going wrong at
// every point of the shorter ones.
func TestExplore(t *testing.T) {
	got := explore.Check(t, explore.Suite{
		Subject:  heard(&sink),
		Expect:   rfc5321.Server(idle),
		Alphabet: rfc5321.Alphabet(idle),
		Session:  "EHLO a.example\r\nMAIL FROM:<a@a.example>\r\nRCPT TO:<b@b.example>\r\nDATA\r\n..\r\n.\r\nQUIT\r\n",
	})
	if want := (explore.Counts{Words: 12582, Cuts: 247, Shutdowns: 2867, Resets: 2867, Refusals: 2867}); got != want {
		t.Errorf("%v, want %v", got, want)
	}
}

// The words that lead far say what RFC 5321 says, too.
func TestExploreDeeply(t *testing.T) {
	if racing.Enabled {
		t.Skip("TestExplore has all that runs side by side")
	}
	var failures explore.Shortest
	n := explore.InShares(t, func(t *testing.T, mine func() bool) {
		rfc5321.Words(idle, func(w explore.Word) {
			if !mine() {
				return
			}
			if d := explore.Run(heard(&sink), w, nil).Differs(w, rfc5321.Server(idle)); d != nil {
				failures.Failf(rfc5321.Alphabet(idle).Rank(d.Word), "%s\n%s", d, d.Chart())
			}
		})
	})
	failures.Report(t)
	require.Ran(t, "words", n, 14140)
}

// The mutants of the table: those that RFC 5321 tells from it by some word that comes
// across what was changed, those that answer everything as it wants all the same, by
// another text of the same class mostly, and those that no word comes across.
func TestMutantsOfTheTable(t *testing.T) {
	if racing.Enabled {
		t.Skip("TestExplore has all that runs side by side")
	}
	type cell struct {
		fsm.State
		fsm.Event
	}
	var mu sync.Mutex
	met, fates := map[cell][]explore.Word{}, map[string]int{}
	explore.InShares(t, func(t *testing.T, mine func() bool) {
		rfc5321.Words(idle, func(w explore.Word) {
			if !mine() {
				return
			}
			s := explore.Run(served.Table(&sink, do, idle), w, nil)
			mu.Lock()
			defer mu.Unlock()
			state := sink.Initial
			for name := range strings.FieldsSeq(s.Seen[len(s.Seen)-1].Notes) {
				c := cell{state, fsm.Event(name)}
				met[c] = append(met[c], w)
				state, _ = sink.Next(state, c.Event)
			}
		})
	})
	alphabet := rfc5321.Alphabet(idle)
	for c, list := range met { // which share came first is chance
		slices.SortFunc(list, func(v, w explore.Word) int { return slices.Compare(alphabet.Rank(v), alphabet.Rank(w)) })
		list = slices.CompactFunc(list, func(v, w explore.Word) bool { return v.String() == w.String() })
		met[c] = list[:min(len(list), 100)]
	}
	explore.InShares(t, func(t *testing.T, mine func() bool) {
		for _, m := range model.Mutants(&sink) {
			if !mine() {
				continue
			}
			fate := "no word comes across it"
			for _, w := range met[cell{m.Cell.From, m.Cell.Event}] {
				if fate = "alike"; explore.Run(heard(m.Table), w, nil).Differs(w, rfc5321.Server(idle)) != nil {
					fate = "killed"
					break
				}
			}
			mu.Lock()
			fates[string(m.Change)+": "+fate]++
			mu.Unlock()
		}
	})
	want := map[string]int{"delete: killed": 66, "delete: no word comes across it": 20, "redirect: killed": 634, "redirect: alike": 488,
		"redirect: no word comes across it": 340, "add: no word comes across it": 2988}
	if !maps.Equal(fates, want) {
		t.Errorf("%v, want %v", fates, want)
	}
}
