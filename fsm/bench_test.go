package fsm

import "testing"

func BenchmarkNewMachine(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		NewMachine(&Server, nil)
	}
}

// One round is a whole connection: five events and the way back.
func BenchmarkFireAConnection(b *testing.B) {
	b.ReportAllocs()
	m := NewMachine(&Server, nil)
	for b.Loop() {
		for _, e := range []Event{Sent, Confirmed, Sent, Confirmed, Closed} {
			if err := m.Fire(e); err != nil {
				b.Fatal(err)
			}
		}
		m.Reset()
	}
}
