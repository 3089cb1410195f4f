package protocol_test

import (
	"encoding/json"
	"testing"

	"accio/fsm"
	"accio/internal/require"
	"accio/protocol"
)

// The story is a run of the table.
func TestStoryIsARun(t *testing.T) {
	var story struct {
		Title, Source string
		Steps         []struct {
			Who, What, Note string
			Event           fsm.Event
			State           fsm.State
		}
	}
	if err := json.Unmarshal(protocol.Story, &story); err != nil {
		t.Fatal(err)
	}
	require.Ran(t, "steps", len(story.Steps), 6)
	m := fsm.NewMachine(&protocol.Server, nil)
	for i, s := range story.Steps {
		if s.Event != "" {
			if err := m.Fire(s.Event); err != nil {
				t.Fatalf("step %d: %v", i+1, err)
			}
		}
		if m.State() != s.State || s.Who == "" || s.What == "" {
			t.Errorf("step %d: %+v; the machine is in %s", i+1, s, m.State())
		}
	}
	if m.State() != protocol.Error {
		t.Errorf("it ends in %s", m.State())
	}
}
