package learn

import (
	"os"
	"slices"
	"strings"
	"testing"

	"accio/fsm"
	"accio/internal/require"
	"accio/internal/share"
)

// faults are those of the programs in conform/testdata that these inputs bring
// about, and the transitions of the table at which each differs.
var faults = []struct{ role, fault, edges string }{
	{"server", "bare-lf", "AwaitConfirm1 mismatched, AwaitConfirm2 mismatched"},
	{"client", "ignores-answers", "AwaitClose mismatched"},
	{"server", "any-case", "AwaitConfirm1 mismatched, AwaitConfirm2 mismatched"},
	{"server", "no-timeout", "AwaitConfirm1 timedout, AwaitConfirm2 timedout, Streaming timedout"},
	{"server", "no-file-timeout", "Streaming timedout"},
	{"server", "partial-count", "Streaming failed, Streaming timedout"},
	{"server", "both-at-once", "AwaitConfirm1 confirmed, SendAccio1"},
	{"server", "zero-for-close", "AwaitConfirm1 closed, AwaitConfirm2 closed"},
	{"server", "keeps-open", "AwaitConfirm1 closed, AwaitConfirm1 mismatched, AwaitConfirm1 timedout, AwaitConfirm2 closed, AwaitConfirm2 mismatched, AwaitConfirm2 timedout, Streaming timedout"},
	{"server", "counts-header", "Streaming closed"},
	{"server", "greets", "SendAccio1"},
	{"server", "half-empty-line", "AwaitConfirm2 mismatched, Streaming closed"},
	{"server", "loses-glued", "AwaitConfirm2 confirmed, AwaitConfirm2 mismatched, Streaming closed"},
	{"server", "mute", "SendAccio1"},
	{"server", "one-command", "AwaitConfirm1 confirmed"},
	{"client", "bare-lf", "AwaitAccio1 commanded"},
	{"client", "checks-no-command", "AwaitAccio1 mismatched, AwaitAccio2 mismatched"},
	{"client", "exit-0", "AwaitAccio1 closed, AwaitAccio1 failed, AwaitAccio1 mismatched, AwaitAccio1 timedout, AwaitAccio2 closed, AwaitAccio2 failed, AwaitAccio2 mismatched, AwaitAccio2 timedout, AwaitClose failed, AwaitClose mismatched, AwaitClose timedout"},
	{"client", "leaves-at-once", "AwaitAccio2 commanded"},
	{"client", "no-empty-line", "AwaitAccio2 commanded"},
	{"client", "no-end", "AwaitAccio2 commanded"},
	{"client", "no-look", "AwaitAccio1 mismatched, AwaitAccio2 mismatched"},
	{"client", "surplus-empty-line", "AwaitAccio1 commanded"},
	{"client", "timeout-is-0", "AwaitAccio1 timedout, AwaitAccio2 timedout, AwaitClose timedout"},
	{"client", "waits-for-both", "AwaitAccio1 commanded, AwaitAccio1 mismatched"},
}

// Each program with a fault is told apart by the right edges, or each of the share of
// ACCIO_FAULTS. It is a longer run, as TestRightPrograms is.
func TestFaults(t *testing.T) {
	if os.Getenv("ACCIO_LONG") == "" {
		t.Skip("needs the processors for itself: ACCIO_LONG")
	}
	part, err := share.Parse(os.Getenv("ACCIO_FAULTS"))
	if err != nil {
		t.Fatalf("ACCIO_FAULTS is %v", err)
	}
	tried, want := 0, part.Of(len(faults))
	t.Run("faults", func(t *testing.T) {
		for i, f := range faults {
			if !part.Has(i) {
				continue
			}
			tried++
			t.Run(f.role+" "+f.fault, func(t *testing.T) {
				t.Parallel()
				m := learned(t, f.role, f.fault)
				if got := strings.Join(edges(m), ", "); got != f.edges {
					t.Errorf("it differs at %s, wanted %s", got, f.edges)
				}
				for _, d := range m.Differences {
					if d.Sentence == "" || len(d.Transcript) < 3 || d.Claim == "" || d.Want == d.Got {
						t.Errorf("%+v", d)
					}
				}
				if p := m.Picture(); !slices.ContainsFunc(p.Events, func(e fsm.Event) bool { return strings.HasPrefix(string(e), added) }) {
					t.Errorf("its picture has nothing that is added: %v", p.Events)
				}
			})
		}
	})
	require.Ran(t, "faults", tried, want)
}
