package transport

import (
	"context"
	"time"

	"golang.org/x/time/rate"
)

// pace is how fast connections are accepted (Limits.Accepted). The zero value is no limit.
type pace struct{ *rate.Limiter }

func newPace(perSecond int) pace {
	if perSecond == 0 {
		return pace{}
	}
	return pace{rate.NewLimiter(rate.Limit(perSecond), perSecond)}
}

// room returns how many may be accepted now, of so many.
func (p pace) room(most int) int {
	if p.Limiter == nil {
		return most
	}
	return min(most, max(int(p.Tokens()), 0))
}

// took says that one was accepted.
func (p pace) took() {
	if p.Limiter != nil {
		p.Allow()
	}
}

// next returns how long it is until one more may be accepted.
func (p pace) next() time.Duration {
	if p.Limiter == nil {
		return 0
	}
	one := p.Reserve()
	defer one.Cancel()
	return one.Delay()
}

// wait waits for that, or until ctx is done.
func (p pace) wait(ctx context.Context) {
	if d := p.next(); d > 0 {
		select {
		case <-time.After(d):
		case <-ctx.Done():
		}
	}
}
