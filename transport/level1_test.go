package transport

import (
	"maps"
	"slices"
	"strings"
	"testing"
	"testing/synctest"

	"accio/fsm"
	"accio/model"
	"accio/modelcheck"
)

// level1 returns the sequences of events that end a session in the model of
// level 1, which is made from the table and has seen nothing of the code.
func level1(t *testing.T) map[string]bool {
	system := model.Server(&fsm.Server, model.DefaultAhead).System()
	graph, err := modelcheck.Explore(system, modelcheck.Limit{})
	if err != nil {
		t.Fatal(err)
	}
	last := func(s string) (event, cell string, ended bool) { // what was fired last, and where
		fields := map[string]string{}
		for _, f := range strings.Fields(s) {
			name, value, _ := strings.Cut(f, "=")
			fields[name] = value
		}
		return fields["event"], fields["from"] + " " + fields["event"] + " " + fields["state"], fsm.Server.IsTerminal(fsm.State(fields["state"]))
	}
	type node struct {
		state  string
		events string
	}
	next := map[string][]string{}
	for e := range graph.Edges() {
		next[system.Format(e.From)] = append(next[system.Format(e.From)], system.Format(e.To))
	}
	sequences, seen := map[string]bool{}, map[node]bool{}
	queue := []node{}
	for _, s := range system.Initial {
		queue = append(queue, node{system.Format(s), ""})
	}
	for ; len(queue) > 0; queue = queue[1:] {
		_, cell, _ := last(queue[0].state)
		for _, to := range next[queue[0].state] {
			n := node{to, queue[0].events}
			event, now, ended := last(to)
			if now != cell && event != "" {
				n.events += event + " "
				if ended {
					sequences[n.events] = true
				}
			}
			if !seen[n] {
				seen[n] = true
				queue = append(queue, n)
			}
		}
	}
	return sequences
}

// What ends a session of the running code, over every word to depth 4, are the
// sequences of events that end one in the model of level 1: none missing and
// none extra.
func TestSequencesAreThoseOfLevel1(t *testing.T) {
	got := map[string]bool{}
	synctest.Test(t, func(t *testing.T) {
		words(4, func(w word, maximal bool) {
			if !maximal {
				return
			}
			if x := explore(&fsm.Server, w, nil); x.seen[len(x.seen)-1].ended {
				got[x.seen[len(x.seen)-1].events] = true
			}
		})
	})
	want := level1(t)
	if len(want) == 0 || !maps.Equal(got, want) {
		t.Errorf("the code ends by %q\nlevel 1 by      %q", slices.Sorted(maps.Keys(got)), slices.Sorted(maps.Keys(want)))
	}
	t.Logf("%d sequences", len(got))
}
