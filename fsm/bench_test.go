package fsm_test

import (
	"testing"

	"accio/fsm"
	"accio/protocol"
)

func BenchmarkNewMachine(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		fsm.NewMachine(&protocol.Server, nil)
	}
}

// One round is a whole connection: five events and the way back.
func BenchmarkFireAConnection(b *testing.B) {
	b.ReportAllocs()
	m := fsm.NewMachine(&protocol.Server, nil)
	for b.Loop() {
		for _, e := range []fsm.Event{protocol.Sent, protocol.Confirmed, protocol.Sent, protocol.Confirmed, fsm.Closed} {
			if err := m.Fire(e); err != nil {
				b.Fatal(err)
			}
		}
		m.Reset()
	}
}
