package transport

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/synctest"

	"accio/fsm"
	"accio/model"
)

// The running code is level 1, step by step: from every state in which level 1
// comes to rest, whatever can happen, and whatever two things can happen at
// once, lead both to the same events and the same next rest, level 1 to that
// only; and every rule of level 1 is taken. So neither has a step that the
// other does not have.
func TestCodeIsLevel1StepByStep(t *testing.T) {
	m, initial := newModelled()
	rules := model.Server(&fsm.Server, model.DefaultAhead).Rules
	var singles []string
	for _, r := range rules {
		if strings.HasPrefix(r.Label, "client ") && r.Label != takesNothing || r.Label == "shutdown comes" {
			singles = append(singles, r.Label)
		}
	}
	stimuli := []stimulus{{}, {silence: true}, {deaf: true}, {shut: true}, {open: true}}
	for _, a := range singles {
		stimuli = append(stimuli, stimulus{labels: []string{a}})
		for _, b := range singles {
			stimuli = append(stimuli, stimulus{labels: []string{a, b}})
		}
	}
	type node struct {
		place
		run []stimulus
	}
	known, runs := map[place]bool{}, 0
	var differ []string // a shortest first
	synctest.Test(t, func(t *testing.T) {
		for queue := []node{{place: initial}}; len(queue) > 0; queue = queue[1:] {
			for _, what := range stimuli {
				given, ok := m.give(queue[0].place, what)
				if !ok || len(queue[0].run) == 0 && what.silence {
					continue
				}
				run := append(slices.Clone(queue[0].run), what)
				rests := m.settle(given, what.silence)
				got := coded(run)
				runs++
				if len(rests) == 0 {
					differ = append(differ, fmt.Sprintf("%v: level 1 never rests, the code has %+v", run, got))
				}
				for p := range rests {
					if want := m.rest(p); got != want {
						differ = append(differ, fmt.Sprintf("%v: the code has %+v, level 1 %+v", run, got, want))
						continue
					}
					if p.events = ""; !known[p] { // the past is no part of what can come
						known[p] = true
						p.events = got.events
						if !fsm.Server.IsTerminal(got.state) {
							queue = append(queue, node{p, run})
						}
					}
				}
			}
		}
	})
	if len(differ) > 0 {
		t.Fatalf("%s\nand %d more", differ[0], len(differ)-1)
	}
	for _, r := range rules {
		if !m.taken[r.Label] {
			t.Errorf("nothing made level 1 take its step %q", r.Label)
		}
	}
	t.Logf("%d sessions from %d places of rest", runs, len(known))
}
