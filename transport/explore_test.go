package transport

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/synctest"

	"accio/explore"
	"accio/fsm"
	"accio/internal/require"
	"accio/protocol"
)

// run plays a word with the server's table.
func run(on string, w explore.Word, at explore.Hook) *explore.Session {
	return runTable(on, &protocol.Server, w, at)
}

func runTable(on string, table *fsm.Table, w explore.Word, at explore.Hook) *explore.Session {
	return explore.Run(grounds[on](table), w, at)
}

// endedWrong is a result that is not that of what was seen.
const endedWrong explore.Aspect = "result"

// differs says in what the session differs from what is expected, or nil.
func differs(x *explore.Session, w explore.Word) *explore.Difference {
	d, last := x.Differs(w, expected), x.Seen[len(x.Seen)-1]
	if d != nil || !last.Ended {
		return d
	}
	state, result := protocol.Error, toldBy(x).result
	if strings.HasSuffix(last.Notes, "confirmed closed ") {
		state = protocol.Done
	}
	if result.State != state || result.Bytes != last.Count {
		return &explore.Difference{Aspect: endedWrong, Word: w,
			What: fmt.Sprintf("result %s with %d bytes, want %s with %d", result.State, result.Bytes, state, last.Count)}
	}
	return nil
}

// A session that is not quite as expected is told from one that is.
func TestDifferencesAreTold(t *testing.T) {
	w := explore.Word{}.Then(explore.Input{Bytes: protocol.Confirm1}, explore.Input{Bytes: protocol.Confirm2 + "z"}, explore.Input{What: explore.End})
	for i, test := range []struct {
		want  explore.Aspect
		spoil func(*explore.Session)
	}{
		{"", func(*explore.Session) {}},
		{explore.Differs, func(x *explore.Session) { x.Seen[1].Count++ }},
		{endedWrong, func(x *explore.Session) { toldBy(x).result.State = protocol.Error }},
		{endedWrong, func(x *explore.Session) { toldBy(x).result.Bytes++ }},
	} {
		synctest.Test(t, func(t *testing.T) {
			x := run("scripted", w, nil)
			test.spoil(x)
			if d := differs(x, w); (d == nil) != (test.want == "") || d != nil && d.Aspect != test.want {
				t.Errorf("%d: %v, want %q", i, d, test.want)
			}
		})
	}
}

// The table says of every word what a person says by hand.
func TestTheTableIsTheExpectation(t *testing.T) {
	byTable, words := explore.Table(&protocol.Server, idleLimit, nil), 0
	alphabet.Words(expected, 4, func(w explore.Word, maximal bool) {
		if !maximal {
			return
		}
		words++
		if got, want := byTable.Expect(w), expected.Expect(w); !slices.Equal(got, want) {
			t.Fatalf("%s: the table says %v, by hand it is %v", w, got, want)
		}
	})
	require.Ran(t, "words", words, maximalWords[4])
}

// §1.8, §1.9: every cut of the header into two pieces, the second glued to the
// payload, before service begins and later, and every limit on what one call
// moves.
func TestEveryCutOfTheHeader(t *testing.T) {
	const payload = "\r\npayload"
	eachGround(t, func(t *testing.T, on string) {
		var failures explore.Shortest
		play := func(rank []int, at explore.Hook, early bool, pieces ...string) {
			w := explore.Word{Early: early}
			for _, piece := range pieces {
				w = w.Then(explore.Text(fmt.Sprintf("%q", piece), piece))
			}
			failures.Ran()
			w = w.Then(explore.Input{Name: "end", What: explore.End})
			if d := differs(run(on, w, at), w); d != nil {
				failures.Failf(rank, "%s", d)
			}
		}
		synctest.Test(t, func(t *testing.T) {
			for cut := 1; cut < len(header); cut++ {
				play([]int{0, cut, 0}, nil, false, header[:cut], header[cut:]+payload)
				play([]int{0, cut, 1}, nil, true, header[:cut], header[cut:]+payload)
			}
			for limit := 1; limit <= len(header)+1; limit++ {
				play([]int{1, limit}, func(x *explore.Session, _ int, _ context.CancelFunc) { x.Ground.Limit(limit) }, true, header+payload)
			}
		})
		wantSessions(t, &failures, 2*37+39)
	})
}

// Every word, to depth 5, and to depth 7 in the longer run; one less on the
// fast path.
func TestEveryWord(t *testing.T) {
	t.Parallel()
	eachGround(t, func(t *testing.T, on string) {
		var failures explore.Shortest
		depth, words := deep(5, 7), words
		count := maximalWords[depth]
		if on != "scripted" {
			depth, words = deep(4, 6), playable
			count = maximalWords[depth] - unplayable
		}
		require.Ran(t, "words", explore.InShares(t, func(t *testing.T, mine func() bool) {
			words(depth, func(w explore.Word, maximal bool) {
				if !maximal || !mine() {
					return
				}
				failures.Ran()
				if d := differs(run(on, w, nil), w); d != nil {
					failures.Failf(alphabet.Rank(d.Word), "%s", d)
				}
			})
		}), count)
		wantSessions(t, &failures, count)
	})
}

// wantSessions fails the test for what was noted, and unless so many sessions were.
func wantSessions(t *testing.T, failures *explore.Shortest, sessions int) {
	t.Helper()
	require.Ran(t, "sessions", failures.Sessions(), sessions)
	failures.Report(t)
}
