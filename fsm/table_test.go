package fsm_test

import (
	"testing"

	"accio/fsm"
	"accio/protocol"
)

func TestIsGood(t *testing.T) {
	for _, table := range []*fsm.Table{&protocol.Server, &protocol.Client} {
		if !table.IsGood(protocol.Done) || table.IsGood(protocol.Error) || table.IsGood(table.Initial) {
			t.Errorf("%s: good are %v, want Done alone", table.Role, table.Good)
		}
	}
	none := protocol.Server.Clone()
	if none.Good = nil; none.IsGood(protocol.Done) {
		t.Error("an end that the table does not name is good")
	}
}
