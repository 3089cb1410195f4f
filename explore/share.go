package explore

import (
	"runtime"
	"strconv"
	"sync/atomic"
	"testing"
	"testing/synctest"
)

// InShares runs f once for each processor, side by side, each in a bubble of its own.
// Each of them counts the same things with mine, which tells it those that are its
// own: the test fails unless each of the things belongs to one of them. It returns
// how many there were.
func InShares(t *testing.T, f func(t *testing.T, mine func() bool)) (things int) {
	t.Helper()
	shares := runtime.GOMAXPROCS(0)
	counts, taken := make([]int, shares), atomic.Int64{}
	t.Run("share", func(t *testing.T) {
		for share := range shares {
			t.Run(strconv.Itoa(share), func(t *testing.T) {
				t.Parallel()
				synctest.Test(t, func(t *testing.T) {
					f(t, func() bool {
						counts[share]++
						mine := counts[share]%shares == share
						if mine {
							taken.Add(1)
						}
						return mine
					})
				})
			})
		}
	})
	for share, n := range counts {
		if n != counts[0] {
			t.Fatalf("share %d counted %d things, share 0 %d", share, n, counts[0])
		}
	}
	if n := int(taken.Load()); n != counts[0] {
		t.Fatalf("%d of %d things were taken", n, counts[0])
	}
	return counts[0]
}
