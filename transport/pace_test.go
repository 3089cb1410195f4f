package transport

import (
	"testing"
	"testing/synctest"
	"time"
)

// §9.6: of a second without anybody as many may come at once, then one after another, and
// to ask when takes nothing.
func TestPace(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		for _, perSecond := range []int{1, 3, 20, 1000} {
			p := newPace(perSecond)
			each := time.Second / time.Duration(perSecond)
			for round := range 3 {
				for taken := range perSecond {
					for range 3 {
						if room, next := p.room(1<<30), p.next(); room != perSecond-taken || next != 0 || p.room(1) != 1 || p.room(0) != 0 {
							t.Fatalf("%d a second, %d taken: room for %d, the next in %s", perSecond, taken, room, next)
						}
					}
					p.took()
				}
				for range 2 {
					if room, next := p.room(perSecond), p.next(); room != 0 || next <= 0 || next > each {
						t.Fatalf("%d a second, all taken: room for %d, the next in %s", perSecond, room, next)
					}
					time.Sleep(p.next() - 1)
					if p.room(1) != 0 || p.next() != 1 {
						t.Errorf("%d a second: too early", perSecond)
					}
					time.Sleep(time.Nanosecond)
					if p.room(perSecond) != 1 || p.next() != 0 {
						t.Errorf("%d a second: there is no room when there was to be", perSecond)
					}
					p.took()
				}
				time.Sleep(time.Second << round) // more than those of a second it never holds
			}
		}
	})
}

// No pace, and one that is faster than the clock, are none.
func TestNoPace(t *testing.T) {
	for _, perSecond := range []int{0, 1<<31 - 1} {
		p := newPace(perSecond)
		for range 100 {
			if p.room(7) != 7 || p.next() != 0 {
				t.Errorf("%d a second: room for %d, the next in %s", perSecond, p.room(7), p.next())
			}
			p.took()
		}
	}
}
