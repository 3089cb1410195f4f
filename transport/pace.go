package transport

import (
	"context"
	"time"
)

// pace is how fast connections are accepted (Limits.Accepted): a token bucket that holds
// those of one second. The zero value is no limit.
type pace struct {
	each time.Duration // how long it takes until one more may be accepted; 0: no limit
	full time.Time     // when the bucket is full again
}

func newPace(perSecond int) (p pace) {
	if perSecond > 0 {
		p.each = time.Second / time.Duration(perSecond)
	}
	return p
}

// left is how much of a second the bucket holds.
func (p *pace) left(now time.Time) time.Duration {
	return time.Second - max(p.full.Sub(now), 0)
}

// room returns how many may be accepted now, of so many.
func (p *pace) room(most int) int {
	if p.each == 0 {
		return most
	}
	return int(min(time.Duration(most), max(p.left(time.Now())/p.each, 0)))
}

// next returns how long it is until one more may be accepted; where there is room it is 0.
func (p *pace) next() time.Duration { return max(p.each-p.left(time.Now()), 0) }

// took says that one was accepted.
func (p *pace) took() {
	now := time.Now()
	if p.full.Before(now) {
		p.full = now
	}
	p.full = p.full.Add(p.each)
}

// wait waits until one more may be accepted, or ctx is done.
func (p *pace) wait(ctx context.Context) {
	if d := p.next(); d > 0 {
		select {
		case <-time.After(d):
		case <-ctx.Done():
		}
	}
}
