package main

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"

	"accio/fsm"
	"accio/model"
	"accio/modelcheck"
	"accio/protocol"
)

// published returns a small study with two claims that are known to be false.
func published(t *testing.T) model.Study {
	all := model.Levels(&protocol.Server, &protocol.Client, 1)
	i := slices.IndexFunc(all, func(s model.Study) bool { return s.Name == "published" })
	if i < 0 || len(all[i].False) != 2 {
		t.Fatal("there is no such study")
	}
	return all[i]
}

// A verdict that is not as expected is told, with its trace if it has one, and
// is an error, whatever the other studies say.
func TestUnexpectedVerdicts(t *testing.T) {
	study := published(t)
	const violated = "\nVIOLATED: the ends never wait for each other\n   0. "
	for _, test := range []struct {
		name   string
		wrong  map[string]string
		traces bool
		says   []string
		err    string
	}{
		{"as expected", study.False, false, []string{
			"\n  holds     always      the count is what was sent\n\n",
			"\n  VIOLATED  always      the ends never wait for each other\n                          as expected: this client waits",
			fmt.Sprintf("\n\n%d claims hold, 4 that are known to be false are violated:\nevery verdict is as expected\n", 2*len(study.Program.Claims)-4),
		}, ""},
		{"with traces", study.False, true, []string{violated}, ""},
		{"violated", map[string]string{"both_done": "so"}, false, []string{
			violated, "the ends never wait for each other\n                          UNEXPECTED\n",
		}, "verdicts that are not as expected: 1"},
		{"holds", map[string]string{"no_waiting": "so", "both_done": "so", "no_orphans": "so"}, false, []string{
			"\n  holds     always      no byte is left when both have closed\n                          UNEXPECTED\n",
		}, "verdicts that are not as expected: 1"},
		{"both", nil, false, []string{violated}, "verdicts that are not as expected: 2"},
	} {
		t.Run(test.name, func(t *testing.T) {
			var out strings.Builder
			other := study
			other.False = test.wrong
			err := levels(&out, []model.Study{other, study}, modelcheck.Limit{}, test.traces)
			if fmt.Sprint(err) != test.err && (err != nil || test.err != "") {
				t.Errorf("%v, want %s", err, test.err)
			}
			text := out.String()
			for _, part := range test.says {
				if !strings.Contains(text, part) {
					t.Errorf("no %q", part)
				}
			}
			if strings.Contains(text, "every verdict is as expected") != (test.err == "") || strings.Contains(text, "nil") ||
				strings.Contains(text, violated) != slices.Contains(test.says, violated) {
				t.Error("it says what is not so")
			}
			if t.Failed() {
				t.Log(text)
			}
		})
	}
}

// A model that is too large is no verdict, and named.
func TestModelBeyondTheLimit(t *testing.T) {
	study := published(t)
	err := levels(io.Discard, []model.Study{study}, modelcheck.Limit{States: 3}, false)
	if !errors.Is(err, modelcheck.ErrBound) || !strings.HasPrefix(err.Error(), study.Title+": ") {
		t.Error(err)
	}
}

// A queue in which a claim is violated is an error that shows which.
func TestQueueOfAWrongTable(t *testing.T) {
	table := protocol.Server.Clone()
	for i, tr := range table.Transitions {
		if tr.From == protocol.Streaming && tr.Event == fsm.Closed {
			table.Transitions[i].To = protocol.Error
		}
	}
	err := measure(io.Discard, &table, 1, false, false)
	if err == nil || !strings.HasPrefix(err.Error(), "1 clients: not every claim holds\n") || !strings.Contains(err.Error(), "\nVIOLATED ") {
		t.Error(err)
	}
}
