package model_test

import (
	"fmt"
	"strings"
	"testing"

	"accio/internal/require"
	"accio/model"
	"accio/model/guarded"
	"accio/modelcheck"
	"accio/protocol"
)

// Every claim has the expected verdict, and every model the expected size: a
// number that changes says that the model, or a table, has.
func TestLevels(t *testing.T) {
	t.Parallel()
	sizes := map[string][3]int{ // states, edges, depth
		"server": {6024, 11864, 17}, "chaos": {30, 240, 5},
		"pair": {39, 51, 25}, "faults": {512, 1615, 26}, "eager": {105, 183, 25}, "published": {13, 14, 8}, "hasty": {108, 189, 20},
		"queue": {4546, 18972, 28}, "crowd": {13762, 85104, 29}, "hogged": {13820, 86184, 29},
	}
	levels, claims, wrong := model.Levels(&protocol.Server, &protocol.Client, 3), 0, 0
	for _, study := range levels {
		claims += len(study.Program.Claims)
		wrong += len(study.False)
		r := study.Run(modelcheck.Limit{})
		if got := [3]int{r.States, r.Edges, r.Depth}; got != sizes[study.Name] || r.Err != nil {
			t.Errorf("%s: %v, want %v; %v", study.Title, got, sizes[study.Name], r.Err)
		}
		for _, i := range study.Unexpected(r) {
			t.Errorf("%s: %v: %s\n%v", study.Title, r.Verdicts[i].Outcome, r.Verdicts[i].Property, r.Verdicts[i].Trace)
		}
	}
	require.Ran(t, "studies", len(levels), len(sizes))
	require.Ran(t, "claims", claims, 170)
	require.Ran(t, "claims that are known to be false", wrong, 8)
}

// However far the client is ahead, the verdicts are the same.
func TestServerWithMoreAhead(t *testing.T) {
	t.Parallel()
	for ahead, size := range map[int][2]int{1: {1448, 2784}, 3: {24328, 48184}, 4: {97544, 193464}, 5: {390408, 774584}} {
		study := model.Study{Program: model.Server(&protocol.Server, ahead), False: map[string]string{endless: "a client may send for ever"}}
		r := study.Run(modelcheck.Limit{})
		if r.Err != nil || r.States != size[0] || r.Edges != size[1] || len(study.Unexpected(r)) > 0 {
			t.Errorf("%d ahead: %v\n%v", ahead, r.Err, r)
		}
	}
}

// The queue of one to four clients; accio check --clients goes on.
func TestQueue(t *testing.T) {
	t.Parallel()
	for clients, size := range map[int][3]int{1: {40, 100, 10}, 2: {421, 1399, 19}, 4: {57361, 292869, 37}} {
		r := model.NewQueue(&protocol.Server, clients).Check(modelcheck.Limit{})
		if !r.OK() || [3]int{r.States, r.Edges, r.Depth} != size {
			t.Errorf("%d clients:\n%v", clients, r)
		}
	}
}

// That every run ends is false, and the run that shows it is a loop in which
// the client sends and the server counts.
func TestAClientMaySendForEver(t *testing.T) {
	p, found := model.Server(&protocol.Server, 1), 0
	for i, v := range p.Check(modelcheck.Limit{}).Verdicts {
		if p.Claims[i].Name != endless {
			continue
		}
		if found++; v.Outcome != modelcheck.Violated || !onlySends(v.Trace) {
			t.Errorf("%v\n%v", v.Outcome, v.Trace)
		}
	}
	require.Ran(t, "claims", found, 1)
}

// onlySends reports whether the loop is one of sending and counting.
func onlySends(t *modelcheck.Trace[guarded.State]) bool {
	counts := 0
	for _, step := range t.Loop {
		if step.Label == "counts" {
			counts++
		} else if !strings.HasPrefix(step.Label, "client sends") {
			return false
		}
	}
	return counts > 0 && 2*counts == len(t.Loop)
}

// A broken row is told by a shortest counterexample at both levels, where it
// lies on their paths.
func TestBrokenRows(t *testing.T) {
	t.Parallel()
	studies := 0
	for _, test := range []struct {
		mutant string
		killed []string // the studies whose verdicts change
	}{
		{"delete SendAccio2 on sent to AwaitConfirm2", []string{"server", "chaos", "pair", "faults", "eager", "hasty", "queue", "crowd", "hogged"}},
		{"delete Streaming on closed to Done", []string{"server", "chaos", "pair", "faults", "eager", "hasty", "queue", "crowd", "hogged"}},
		{"redirect AwaitConfirm1 on confirmed to AwaitConfirm2", []string{"server", "chaos", "pair", "faults", "eager"}},
		{"redirect Streaming on failed to Done", []string{"server", "chaos", "faults", "hasty", "queue", "crowd", "hogged"}},
		{"delete AwaitConfirm1 on timedout to Error", []string{"server", "chaos", "published"}},
	} {
		for _, m := range model.Mutants(&protocol.Server) {
			if m.Name != test.mutant {
				continue
			}
			var killed []string
			for _, study := range model.Levels(m.Table, &protocol.Client, 1) {
				r := study.Run(modelcheck.Limit{})
				studies++
				if wrong := study.Unexpected(r); len(wrong) > 0 {
					killed = append(killed, study.Name)
					if v := r.Verdicts[wrong[0]]; v.Trace != nil {
						t.Logf("%s\n%s\n%v", m.Name, study.Title, v.Trace)
					}
				}
			}
			if strings.Join(killed, " ") != strings.Join(test.killed, " ") {
				t.Errorf("%s: the verdicts of %v change, expected %v", m.Name, killed, test.killed)
			}
		}
	}
	require.Ran(t, "studies of broken tables", studies, 5*10)
}

// The two chart stories: who waits for whom, and what a reset destroys.
func TestCharts(t *testing.T) {
	charts, err := model.Charts()
	if err != nil {
		t.Fatal(err)
	}
	if len(charts) != 3 {
		t.Fatal(len(charts))
	}
	for i, want := range []string{"Note over p0: nothing for the idle limit", "a write fails", "told to stop"} {
		if !strings.Contains(charts[i].Mermaid, want) || !strings.HasPrefix(charts[i].Mermaid, "sequenceDiagram\n") {
			t.Errorf("%s has no %q:\n%s", charts[i].Name, want, charts[i].Mermaid)
		}
	}
}

// Up to a renaming of clients a queue is explored in a part of its states: in
// as many as there are classes of them, with the same verdicts. accio check
// --clients --symmetry goes on.
func TestReducedQueue(t *testing.T) {
	t.Parallel()
	for clients, size := range map[int][3]int{1: {40, 100, 10}, 2: {214, 702, 19}, 3: {2335, 9656, 28}, 4: {14986, 75534, 37}, 5: {77381, 462804, 46}} {
		queue := model.NewQueue(&protocol.Server, clients)
		wantReduced(t, fmt.Sprint(clients, " clients"), queue.Program, queue.Reduce(), size, clients <= 4)
	}
}

// wantReduced fails the test unless the reduced program has that size, in states, edges
// and depth, and its claims hold; with symmetry also unless it is one in which each class
// of the states of the whole one is a state.
func wantReduced(t *testing.T, name string, whole, reduced *guarded.Program, size [3]int, symmetry bool) {
	t.Helper()
	r := reduced.Check(modelcheck.Limit{})
	t.Logf("%s: %d states, %d edges, depth %d", name, r.States, r.Edges, r.Depth)
	if got := [3]int{r.States, r.Edges, r.Depth}; !r.OK() || got != size {
		t.Errorf("%s: %v, want %v\n%v", name, got, size, r)
	}
	if !symmetry {
		return
	}
	var props []modelcheck.Property[guarded.State]
	for _, c := range reduced.Claims {
		props = append(props, c.Property())
	}
	if err := modelcheck.CheckSymmetry(reduced.System(), modelcheck.Limit{}, props...); err != nil {
		t.Errorf("%s: %v", name, err)
	}
	g, err := modelcheck.Explore(whole.System(), modelcheck.Limit{})
	if err != nil {
		t.Fatal(err)
	}
	classes := map[guarded.State]bool{}
	for _, s := range g.States() {
		classes[reduced.Canonical(s)] = true
	}
	if len(classes) != r.States {
		t.Errorf("%s: %d classes of states, not %d", name, len(classes), r.States)
	}
}
