package overlaytest

import (
	"sync/atomic"
	"testing"

	"accio/internal/require"
)

// Catch expects of each of the faults that it is possible and, with try, that
// its test fails of it; want is how many there are.
func Catch(t *testing.T, try bool, want int, faults []Fault) {
	t.Helper()
	var done atomic.Int32
	t.Run("faults", func(t *testing.T) {
		for _, f := range faults {
			t.Run(f.Name, func(t *testing.T) {
				defer done.Add(1)
				if err := f.Possible(); err != nil {
					t.Fatal(err)
				}
				if !try {
					return
				}
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
}
