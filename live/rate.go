package live

import "time"

const (
	rateSpan  = time.Second            // the rate is that of about so long
	rateEvery = 100 * time.Millisecond // how far samples are apart, at least
)

// rate is how fast the payload of a connection in service comes.
type rate struct {
	samples []sample // oldest first
}

type sample struct {
	at    time.Time
	bytes int64
}

// of returns bytes a second over the samples kept, and takes one. With none it is the
// rate since service began; of less than rateEvery it is 0, as that says nothing.
func (r *rate) of(started time.Time, now sample) float64 {
	if len(r.samples) == 0 {
		r.samples = append(r.samples, sample{started, 0})
	}
	last := len(r.samples) - 1
	if now.at.Sub(r.samples[last].at) >= rateEvery {
		r.samples = append(r.samples, now)
	}
	for len(r.samples) > 2 && now.at.Sub(r.samples[1].at) >= rateSpan {
		r.samples = append(r.samples[:0], r.samples[1:]...)
	}
	then := r.samples[0]
	if span := now.at.Sub(then.at); span >= rateEvery {
		return float64(now.bytes-then.bytes) / span.Seconds()
	}
	return 0
}
