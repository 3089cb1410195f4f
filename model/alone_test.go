package model_test

import (
	"errors"
	"fmt"
	"testing"

	"accio/fsm"
	"accio/model"
	"accio/modelcheck"
)

// straight is a valid table that writes so many texts, one after the other.
func straight(texts int) *fsm.Table {
	t := &fsm.Table{Role: "teller", Peer: "listener", Initial: "Tell1", Terminal: []fsm.State{"Told", "Lost"}, Good: []fsm.State{"Told"},
		Events: []fsm.Event{"told"}}
	for i := range texts {
		from, to := fsm.State(fmt.Sprint("Tell", i+1)), fsm.State(fmt.Sprint("Tell", i+2))
		if i+1 == texts {
			to = "Told"
		}
		t.Activities = append(t.Activities, fsm.In(from, fsm.Write, "a\n", "told"))
		t.Transitions = append(t.Transitions, fsm.On(from, "told", to))
	}
	whole := t.Else("Lost")
	return &whole
}

// A table that the model has room for keeps what is claimed of it, and a larger
// one is refused.
func TestAloneAndLongTables(t *testing.T) {
	if err := straight(300).Validate(); err != nil {
		t.Fatal(err)
	}
	for texts, fits := range map[int]bool{62: true, 63: false, 300: false} { // 62 and two ends, of four events each
		studies, err := model.Alone(straight(texts))
		if (err == nil) != fits || err != nil && !errors.Is(err, model.ErrSize) {
			t.Errorf("%d texts: %v", texts, err)
			continue
		}
		for _, study := range studies {
			report := study.Run(modelcheck.Limit{})
			for _, i := range study.Unexpected(report) {
				t.Errorf("%d texts: %s: %s is %s", texts, study.Title, report.Verdicts[i].Property, report.Verdicts[i].Outcome)
			}
		}
	}
}
