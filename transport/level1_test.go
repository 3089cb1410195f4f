package transport

import (
	"fmt"
	"maps"
	"slices"
	"testing"
	"testing/synctest"

	"accio/internal/require"
	"accio/model"
	"accio/model/guarded"
	"accio/modelcheck"
	"accio/protocol"
)

// followed is what came of a comparison of the running code with a program.
type followed struct {
	runs   [3]int // by the letters in their last stimulus
	rests  int    // places of the program
	taken  map[string]bool
	differ []string // a shortest first
}

// follow plays every stimulus from every state in which the program comes to
// rest, and compares where that leads the code and the program. It stops at so
// many differences.
func follow(p *guarded.Program, code func([]stimulus) rest, most int) *followed {
	m, initial := newModelled(p)
	f := &followed{taken: m.taken}
	differs := func(format string, args ...any) { f.differ = append(f.differ, fmt.Sprintf(format, args...)) }
	for label, free := range m.free {
		if free && !slices.ContainsFunc(letters, func(l letter) bool { return l.rule == label }) {
			differs("level 1 lets this happen, which no letter does: %s", label)
		}
	}
	type node struct {
		place
		outside
		run []stimulus
	}
	all := stimuli()
	known := map[place]bool{}
	for queue := []node{{place: initial}}; len(queue) > 0 && len(f.differ) < most; queue = queue[1:] {
		at := queue[0]
		for _, what := range all {
			if len(at.run) == 0 && what.silence {
				continue // service begins with the first stimulus
			}
			given, ok, err := m.give(at.place, at.outside, what)
			if err != nil {
				differs("%v, then %v: %v", at.run, what, err)
			}
			if !ok {
				continue
			}
			run := append(slices.Clone(at.run), what)
			rests, got := m.settle(given, what.silence), code(run)
			f.runs[len(what.letters)]++
			if len(rests) == 0 {
				differs("%v: level 1 never rests, the code has %+v", run, got)
			}
			for p := range rests {
				if want := m.rest(p); got != want {
					differs("%v: the code has %+v, level 1 %+v", run, got, want)
					continue
				}
				if p.events = ""; known[p] { // the past is no part of what can come
					continue
				}
				known[p] = true
				if protocol.Server.IsTerminal(got.state) {
					for label := range m.next(p.State) {
						differs("%v: the end, but level 1 goes on: %s", run, label)
					}
					continue
				}
				p.events = got.events
				queue = append(queue, node{p, got.outside(), run})
			}
		}
	}
	f.rests = len(known)
	return f
}

// coders are the ways to play stimuli on the running code.
var coders = map[string]func([]stimulus) rest{"scripted": coded, "together": codedTogether}

// The running code is level 1, step by step: from every state in which level 1
// comes to rest, whatever can happen, and whatever two things can happen at
// once, lead both to the same events and the same next rest, level 1 to that
// only; and every rule of level 1 is taken. What can happen is told by the
// letters, which know nothing of level 1. So neither has a step that the other
// does not have.
func TestCodeIsLevel1StepByStep(t *testing.T) {
	if pieces[0]+pieces[1] != protocol.Confirm1 || pieces[0]+pieces[2] != protocol.Confirm2 {
		t.Fatal("these pieces are not those of the confirmations")
	}
	require.Ran(t, "ways to play", len(coders), len(grounds)+1)
	for name, code := range coders {
		t.Run(name, func(t *testing.T) {
			p := model.Server(&protocol.Server, model.DefaultAhead)
			var f *followed
			synctest.Test(t, func(t *testing.T) { f = follow(p, code, 1000) })
			if len(f.differ) > 0 {
				t.Fatalf("%s\nand %d more", f.differ[0], len(f.differ)-1)
			}
			for _, r := range p.Rules {
				if !f.taken[r.Label] {
					t.Errorf("nothing made level 1 take its step %q", r.Label)
				}
			}
			require.Ran(t, "sessions without a letter", f.runs[0], 423)
			require.Ran(t, "sessions of one letter", f.runs[1], 643)
			require.Ran(t, "sessions of two letters at once", f.runs[2], 3111)
			require.Ran(t, "places of rest", f.rests, 1415)
		})
	}
}

// Each rule of level 1 is taken away, and each condition that one waits for. What
// is left cannot follow the code, or a claim tells of it, or it takes the same
// steps, or it is alike for the reason that is told here.
func TestMutantsOfLevel1(t *testing.T) {
	alike := map[string]string{
		"reads part of the text: without (stop == 0)":                            "what is taken in the moment of the shutdown is no event, and nobody looks at it",
		"reads part of the text: without (limit < 2)":                            "nor is what is taken in the moment in which the operator ends it",
		"more has come since the limit than a socket holds: without (stop == 0)": "after the shutdown nobody looks at limits",
	}
	p := model.Server(&protocol.Server, model.DefaultAhead)
	steps := func(p *guarded.Program) map[[2]guarded.State]bool { // whatever their labels
		all := map[[2]guarded.State]bool{}
		g, err := modelcheck.Explore(p.System(), modelcheck.Limit{})
		if err != nil {
			t.Error(err)
		}
		for edge := range g.Edges() {
			all[[2]guarded.State{edge.From, edge.To}] = true
		}
		return all
	}
	claimed := func(p *guarded.Program) bool {
		for i, v := range p.Check(modelcheck.Limit{States: 100_000}).Verdicts {
			if v.Outcome == modelcheck.Violated && p.Claims[i].Name != "always_ends" { // that one is false
				return true
			}
		}
		return false
	}
	same, played, fates := steps(p), map[string]rest{}, map[string]int{}
	code := func(run []stimulus) rest {
		name := fmt.Sprint(run)
		if _, ok := played[name]; !ok {
			played[name] = coded(run)
		}
		return played[name]
	}
	synctest.Test(t, func(*testing.T) {
		for _, m := range p.Mutants() {
			switch {
			case len(follow(m.Program, code, 1).differ) > 0:
				fates["not the code"]++
			case claimed(m.Program):
				fates["against a claim"]++
			case maps.Equal(steps(m.Program), same):
				fates["the same steps"]++
			case alike[m.Name] != "":
				fates["alike"]++
			default:
				t.Errorf("nothing tells of %s", m.Name)
			}
		}
	})
	for fate, want := range map[string]int{"not the code": 92, "against a claim": 11, "the same steps": 24, "alike": len(alike)} {
		require.Ran(t, "mutants: "+fate, fates[fate], want)
	}
}
