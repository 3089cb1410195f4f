package transport

import (
	"errors"
	"testing"
	"time"
)

// Which limit of time is the next one, from the beginning and from when the payload is
// counted; 0 is none.
func TestNextLimit(t *testing.T) {
	const s, never = time.Second, time.Duration(0)
	began := time.Unix(1e9, 0)
	tried := 0
	for _, c := range []struct {
		limits         Limits
		first, counted time.Duration // the latter from 2 s on
	}{
		{Limits{}, never, never},
		{Limits{Bytes: 1}, never, never},
		{Limits{Duration: 1}, 1, 1},
		{Limits{Duration: 5 * s}, 5 * s, 5 * s},
		{Limits{Header: 1}, 1, never},
		{Limits{Header: 5 * s}, 5 * s, never},
		{Limits{Rate: 1, RateWindow: 3 * s}, never, 5 * s},
		{Limits{Rate: 1}, never, 2*s + DefaultRateWindow},
		{Limits{Duration: 5 * s, Header: 9 * s}, 5 * s, 5 * s},
		{Limits{Duration: 9 * s, Header: 5 * s}, 5 * s, 9 * s},
		{Limits{Duration: 4 * s, Rate: 1, RateWindow: 3 * s}, 4 * s, 4 * s},
		{Limits{Duration: 9 * s, Header: 6 * s, Rate: 1, RateWindow: 3 * s}, 6 * s, 5 * s},
	} {
		tried++
		l := newLimiter(&c.limits, began)
		due := func(want time.Duration) {
			t.Helper()
			switch {
			case want == never && !l.due.IsZero(), want != never && !l.due.Equal(began.Add(want)):
				t.Errorf("%+v: due after %s, want %s", c.limits, l.due.Sub(began), want)
			case l.passed(l.due.Add(-1)), want == never && l.passed(began.Add(1000*time.Hour)), want != never && !l.passed(l.due):
				t.Errorf("%+v: it passes at another time", c.limits)
			}
		}
		due(c.first)
		if l.Limits == nil {
			continue
		}
		l.begins(began.Add(2 * s))
		due(c.counted)
	}
	if tried != 12 {
		t.Errorf("%d tried", tried)
	}
}

// What is said of the rate is measured in each window on its own.
func TestRateInEachWindow(t *testing.T) {
	const s = time.Second
	began := time.Unix(1e9, 0)
	at := func(after time.Duration) time.Time { return began.Add(after) }
	l := newLimiter(&Limits{Rate: 10, RateWindow: 3 * s}, began)
	l.begins(at(s))
	for _, w := range []struct {
		at      time.Duration
		payload int64
		broken  bool
		due     time.Duration // of the next window
	}{
		{4 * s, 30, false, 7 * s},
		{7*s - 1, 30, false, 7 * s}, // it is not over
		{7 * s, 60, false, 10 * s},
		{11 * s, 1000, false, 14 * s}, // it was looked late
		{14 * s, 1029, true, 0},
	} {
		err := l.broken(at(w.at), w.payload)
		if w.broken && err.Error() != "the payload comes too slowly: 29 bytes in 3s, wanted 30" {
			t.Error(err)
		}
		if w.broken != errors.Is(err, ErrRate) || !w.broken && (err != nil || !l.due.Equal(at(w.due))) {
			t.Errorf("after %s, %d bytes: %v; due after %s", w.at, w.payload, err, l.due.Sub(began))
		}
	}
}

// §9.4, §9.1: to the byte, what a payload may have, and what is taken behind a limit of time.
func TestLimitsToTheByte(t *testing.T) {
	for _, c := range []struct {
		limit   limiter
		payload int64
		want    error
	}{
		{limiter{Limits: &Limits{Bytes: 1}}, 1, nil},
		{limiter{Limits: &Limits{Bytes: 1}}, 2, ErrBytes},
		{limiter{Limits: &Limits{}, duration: elapsed, due: elapsed, late: true, spare: 1}, 5, nil},
		{limiter{Limits: &Limits{}, duration: elapsed, due: elapsed, late: true}, 5, ErrDuration},
	} {
		s := &session{limit: c.limit, clock: time.Now()}
		s.payload.Store(c.payload)
		if ended := s.aborted(); ended != (c.want != nil) || !errors.Is(s.end.err, c.want) {
			t.Errorf("%+v, %d bytes: %t, %v; want %v", c.limit, c.payload, ended, s.end.err, c.want)
		}
	}
}

// patient is a connection that takes any deadline.
type patient struct{ Conn }

func (patient) SetDeadline(time.Time) error { return nil }

// §9.1: so much is taken of what is there when a limit of time passes.
func TestBehindALimit(t *testing.T) {
	s := &session{conn: patient{}, limit: limiter{Limits: &Limits{}, duration: elapsed, due: elapsed}, clock: time.Now()}
	if s.aborted() || !s.limit.late || s.limit.spare != 16<<20 {
		t.Errorf("%+v", s.limit)
	}
	s.limit.spare = 0
	if !s.aborted() || !errors.Is(s.end.err, ErrDuration) {
		t.Errorf("%+v, %v", s.limit, s.end.err)
	}
}

// Where two limits have passed the first of them is the reason.
func TestTheFirstLimitIsTheReason(t *testing.T) {
	const s = time.Second
	began := time.Unix(1e9, 0)
	for _, c := range []struct {
		limits Limits
		counts bool
		want   error
	}{
		{Limits{Duration: 6 * s, Header: 5 * s}, false, ErrHeader},
		{Limits{Duration: 5 * s, Header: 6 * s}, false, ErrDuration},
		{Limits{Duration: 12 * s, Rate: 1}, true, ErrRate},
		{Limits{Duration: 9 * s, Rate: 1}, true, ErrDuration},
	} {
		l := newLimiter(&c.limits, began)
		if c.counts {
			l.begins(began)
		}
		if err := l.broken(began.Add(time.Minute), 0); !errors.Is(err, c.want) {
			t.Errorf("%+v: %v", c.limits, err)
		}
	}
	// A window that was good does not hide the limit that has passed since.
	l := newLimiter(&Limits{Duration: 12 * s, Rate: 1}, began)
	l.begins(began)
	if err := l.broken(began.Add(time.Minute), 1000); !errors.Is(err, ErrDuration) {
		t.Error(err)
	}
}

// Time in which nobody was served is not held against those who wait for their payload to
// begin, or to come.
func TestExcusedTime(t *testing.T) {
	const s = time.Second
	began := time.Unix(1e9, 0)
	for _, c := range []struct {
		limits Limits
		counts bool
		due    time.Duration
	}{
		{Limits{Header: 5 * s}, false, 12 * s},
		{Limits{Header: 5 * s}, true, 0},
		{Limits{Rate: 1, RateWindow: 5 * s}, true, 12 * s},
		{Limits{Rate: 1, RateWindow: 5 * s}, false, 0},
		{Limits{Duration: 5 * s}, false, 5 * s},
		{Limits{Duration: 8 * s, Header: 5 * s}, false, 8 * s},
	} {
		l := newLimiter(&c.limits, began)
		if c.counts {
			l.begins(began)
		}
		l.excuse(7 * s)
		if want := began.Add(c.due); c.due == 0 && !l.due.IsZero() || c.due > 0 && !l.due.Equal(want) {
			t.Errorf("%+v: due %s, want %s", c.limits, l.due, want)
		}
	}
}

// Who is looked at late has exceeded what passed first, the idle limit or another.
func TestOverdue(t *testing.T) {
	for limit, overdue := range map[time.Duration]bool{8 * time.Second: true, 10 * time.Second: true, 12 * time.Second: false, time.Hour: false, 0: false} {
		began := time.Now().Add(-time.Minute)
		s := &session{idle: 10 * time.Second, clock: began, limit: newLimiter(&Limits{Duration: limit, Bytes: 1}, began)}
		if s.overdue() != overdue || errors.Is(s.end.err, ErrDuration) != overdue {
			t.Errorf("a limit of %s: %v, wanted %t", limit, s.end.err, overdue)
		}
	}
}

// Who waits until he can be told of, because the Result of another is blocked, is excused.
func TestWhoWaitsToBeToldOfIsExcused(t *testing.T) {
	const header = 5 * time.Second
	for _, blocked := range []time.Duration{0, excused} {
		s, began := new(Server), time.Now()
		now := &serving{session: session{limit: newLimiter(&Limits{Header: header}, began)}}
		s.telling.Lock()
		time.AfterFunc(blocked, s.telling.Unlock)
		s.tells(now)
		took := time.Since(began)
		s.telling.Unlock()
		switch late := now.limit.due.Sub(began) - header; {
		case took < excused && late != 0, took >= excused && blocked > 0 && late < excused, late > took:
			t.Errorf("told after %s, excused for %s", took, late)
		}
	}
}
