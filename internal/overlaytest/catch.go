package overlaytest

import (
	"fmt"
	"os"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"

	"accio/internal/require"
)

// Catch expects of each of the faults that it is possible and, with try, that
// its test fails of it; want is how many there are. ACCIO_FAULTS=I/N in the
// environment has only every Nth tried, from the Ith on.
func Catch(t *testing.T, try bool, want int, faults []Fault) {
	t.Helper()
	var done, tried atomic.Int32
	first, every, err := share(os.Getenv("ACCIO_FAULTS"))
	if err != nil {
		t.Fatal(err)
	}
	t.Run("faults", func(t *testing.T) {
		for i, f := range faults {
			t.Run(f.Name, func(t *testing.T) {
				defer done.Add(1)
				if err := f.Possible(); err != nil {
					t.Fatal(err)
				}
				if !try || i%every != first {
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
		require.Ran(t, "faults with their tests", int(tried.Load()), (len(faults)-first+every-1)/every)
	}
}

// share reads ACCIO_FAULTS. Empty is all.
func share(text string) (first, every int, err error) {
	if text == "" {
		return 0, 1, nil
	}
	i, n, _ := strings.Cut(text, "/")
	first, err = strconv.Atoi(i)
	every, err2 := strconv.Atoi(n)
	if err != nil || err2 != nil || first < 1 || first > every {
		return 0, 0, fmt.Errorf("ACCIO_FAULTS is %q, wanted I/N with I from 1 to N", text)
	}
	return first - 1, every, nil
}
