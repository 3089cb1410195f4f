package overlaytest

import (
	"os"
	"sync/atomic"
	"testing"

	"accio/internal/require"
	"accio/internal/share"
)

// Catch expects of each of the faults that it is possible and, with try, that
// its test fails of it; want is how many there are. ACCIO_FAULTS=I/N in the
// environment has only every Nth tried, from the Ith on.
func Catch(t *testing.T, try bool, want int, faults []Fault) {
	t.Helper()
	var done, tried atomic.Int32
	part, err := share.Parse(os.Getenv("ACCIO_FAULTS"))
	if err != nil {
		t.Fatalf("ACCIO_FAULTS is %v", err)
	}
	t.Run("faults", func(t *testing.T) {
		for i, f := range faults {
			t.Run(f.Name, func(t *testing.T) {
				defer done.Add(1)
				if err := f.Possible(); err != nil {
					t.Fatal(err)
				}
				if !try || !part.Has(i) {
					return
				}
				tried.Add(1)
				t.Parallel() // some are caught by waiting in vain
				switch o, text, err := f.Try(t.TempDir()); {
				case err != nil:
					t.Fatal(err)
				case o == Skipped:
					t.Skipf("%s: %s", f.Test, o)
				case o != Caught:
					t.Errorf("%s: %s:\n%s", f.Test, o, text)
				}
			})
		}
	})
	require.Ran(t, "faults", int(done.Load()), want)
	if try {
		require.Ran(t, "faults with their tests", int(tried.Load()), part.Of(len(faults)))
	}
}
