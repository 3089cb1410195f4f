package fsm_test

import (
	"testing"

	"accio/fsm"
)

func TestIsGood(t *testing.T) {
	for _, table := range []*fsm.Table{&fsm.Server, &fsm.Client} {
		if !table.IsGood(fsm.Done) || table.IsGood(fsm.Error) || table.IsGood(table.Initial) {
			t.Errorf("%s: good are %v, want Done alone", table.Role, table.Good)
		}
	}
	none := fsm.Server.Clone()
	if none.Good = nil; none.IsGood(fsm.Done) {
		t.Error("an end that the table does not name is good")
	}
}
