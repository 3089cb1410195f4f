package conform

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"runtime"
	"slices"
	"strings"
	"sync"
	"time"

	"accio/conform/cage"
	"accio/transport"
)

// Suite runs cases against one program.
type Suite struct {
	Subject  Subject
	Cases    []Case        // of the subject's role, as [Selection.Choose] leaves them
	Expected []string      // patterns of known failures
	Jobs     int           // cases at the same time; 0 is as many as pay
	Repeat   int           // how often each is run; 0 is once
	Idle     time.Duration // the idle limit of the program; 0 is 10 s
	Patience time.Duration // for what should come at once; 0 is 3 s
	Large    bool          // the cases that send gigabytes too
	Limits   cage.Limits
	Env      []string
	Sandbox  bool
	// Progress, if not nil, is told each result when it is known. It is called by
	// one goroutine at a time.
	Progress func(r Result, done, total int)

	mu      sync.Mutex
	started bool   // the program, once at least
	deaf    int    // so often it did not come to listen
	refused error  // the program cannot be started
	untried string // why the system could not start it, once at least
}

// DefaultPatience is how long what should come at once is waited for, at first.
const DefaultPatience = 3 * time.Second

// How often it pays to try again alone: cases of which the same thing did not
// come fail for the same reason; a machine may be slow so often.
const (
	enoughLate = 2
	enoughMoot = 3
)

// ErrNotStarted is wrapped where no case could start the program under test.
var ErrNotStarted = errors.New("the program under test could not be started")

// Run runs the cases. The report holds what is known, also when ctx ends the run
// before its time, as Partial says. The error is ErrNotStarted or nil.
func (s *Suite) Run(ctx context.Context) (*Report, error) {
	s.Idle = cmp.Or(s.Idle, transport.DefaultIdleTimeout)
	s.Patience = cmp.Or(s.Patience, DefaultPatience)
	s.Jobs = cmp.Or(s.Jobs, 8*runtime.GOMAXPROCS(0))
	if s.Subject.Address != "" {
		s.Jobs = 1 // it is one server, and serves one client at a time
	}
	s.Repeat = cmp.Or(s.Repeat, 1)
	report := &Report{Schema: Schema, Subject: s.Subject, Started: time.Now().UTC()}
	stop, cancel := context.WithCancel(ctx)
	defer cancel()
	results := s.side(stop, cancel)
	for i := range s.Cases {
		for _, r := range results[i] {
			if r.Verdict != "" {
				report.Cases = append(report.Cases, r)
			}
		}
	}
	report.Seconds = time.Since(report.Started).Seconds()
	if report.Totals.Missed = len(s.Cases)*s.Repeat - len(report.Cases); report.Totals.Missed > 0 {
		report.Partial = fmt.Sprintf("interrupted; %d cases were not run", report.Totals.Missed)
	}
	report.Count()
	if report.Partial == "" && slices.ContainsFunc(report.Cases, func(r Result) bool { return s.untried != "" && r.Reason == s.untried }) {
		report.Partial = "some cases could not be tried: " + s.untried
	}
	if report.Partial == "" && report.Totals.OutOf == 0 {
		report.Partial = "no case was tried"
	}
	if s.refused != nil && !s.started {
		report.Partial = s.refused.Error()
		return report, fmt.Errorf("%w: %w", ErrNotStarted, s.refused)
	}
	return report, nil
}

// attempt is a case that may have to be tried again.
type attempt struct {
	c      *Case
	result *Result
	tries  int
	late   string // what did not come; empty if the result stands
	moot   string // why the try said nothing
}

// side runs the cases side by side, the longest first, and then alone those that
// did not say enough.
func (s *Suite) side(ctx context.Context, stop func()) [][]Result {
	results := make([][]Result, len(s.Cases))
	var list []*attempt
	for i := range s.Cases {
		results[i] = make([]Result, s.Repeat)
		for k := range results[i] {
			list = append(list, &attempt{c: &s.Cases[i], result: &results[i][k]})
		}
	}
	total, done := len(list), 0
	slices.SortStableFunc(list, func(a, b *attempt) int { return cmp.Compare(b.c.seconds, a.c.seconds) })
	queue := make(chan *attempt)
	var again []*attempt
	var workers sync.WaitGroup
	for range min(s.Jobs, total) {
		workers.Go(func() {
			for a := range queue {
				s.attempt(ctx, a, s.Patience, false)
				s.mu.Lock()
				switch {
				case a.late != "" || a.moot != "":
					again = append(again, a)
				default:
					done++
					s.tell(a, done, total)
				}
				if s.refused != nil && !s.started {
					stop()
				}
				s.mu.Unlock()
			}
		})
	}
	for _, a := range list {
		if ctx.Err() != nil {
			break
		}
		queue <- a
	}
	close(queue)
	workers.Wait()
	slices.SortStableFunc(again, func(a, b *attempt) int { return cmp.Compare(a.c.ID, b.c.ID) })
	confirmed := map[string]int{} // failures, by what did not come
	for _, a := range again {
		s.alone(ctx, a, confirmed)
		if done++; a.result.Verdict != "" {
			s.tell(a, done, total)
		}
	}
	return results
}

// alone tries a case again, by itself and with more patience.
func (s *Suite) alone(ctx context.Context, a *attempt, confirmed map[string]int) {
	first := *a.result
	for a.tries <= enoughMoot && ctx.Err() == nil {
		if key := a.late; key != "" && confirmed[key] >= enoughLate {
			s.stand(a, "; not tried again, as other cases failed in the same way when they were")
			return
		}
		wasLate := a.late
		s.attempt(ctx, a, 2*s.Patience, true)
		switch {
		case a.moot != "":
			continue
		case a.late != "":
			confirmed[a.late]++
			s.stand(a, "")
		case a.result.Verdict == Pass && wasLate != "":
			a.result.Verdict = Flaky
			a.result.Reason = "passed when tried again alone; at first: " + first.Reason
		}
		a.result.Tries = a.tries
		return
	}
	if a.moot != "" && ctx.Err() == nil {
		a.result.Verdict, a.result.Reason, a.result.Tries = Skip, a.moot, a.tries
	}
}

// stand makes what did not come a failure.
func (s *Suite) stand(a *attempt, more string) {
	a.result.Verdict = Fail
	a.result.Reason += more
}

// tell hands on a result that stands.
func (s *Suite) tell(a *attempt, done, total int) {
	r := a.result
	if s.expected(r.ID) {
		switch r.Verdict {
		case Fail:
			r.Verdict = XFail
		case Pass, Flaky:
			r.Verdict, r.Reason = XPass, strings.TrimSpace("it was expected to fail "+r.Reason)
		}
	}
	if s.Progress != nil {
		s.Progress(*r, done, total)
	}
}

func (s *Suite) expected(id string) bool { return matches(s.Expected, id) }

// attempt tries a case once.
func (s *Suite) attempt(ctx context.Context, a *attempt, patience time.Duration, alone bool) {
	c := a.c
	a.late, a.moot = "", ""
	if ctx.Err() != nil {
		a.moot = "interrupted"
		return
	}
	r := Result{ID: c.ID, Title: c.Title, Claims: c.Claims, Level: c.Level, Weight: c.Weight}
	if why := s.lacks(c); why != "" {
		r.Verdict, r.Reason = Skip, why
		*a.result = r
		return
	}
	a.tries++
	start := time.Now()
	t := &try{ctx: ctx, suite: s, c: c, log: &transcript{start: start}, patience: patience, alone: alone, idle: s.Idle}
	f := s.play(t, a)
	r.Seconds = time.Since(start).Seconds()
	r.Transcript = t.log.text()
	switch f := f.(type) {
	case nil:
		r.Verdict = Pass
	case skipped:
		r.Verdict, r.Reason = Skip, f.why
	case moot:
		if a.moot = f.why; ctx.Err() != nil {
			return // interrupted: there is no verdict
		}
	case failure:
		r.fill(f, c)
		if f.late || t.hasty {
			if a.late = f.wanted; !strings.Contains(f.wanted, " to listen ") && !strings.Contains(f.wanted, " to connect") {
				a.late = Group(c.ID) + ": " + f.wanted // what ends there may have another reason elsewhere
			}
		} else {
			r.Verdict = Fail
		}
	}
	*a.result = r
}

// fill says what went wrong.
func (r *Result) fill(f failure, c *Case) {
	number := cmp.Or(f.claim, c.Claims[0])
	r.Reason, r.Expected, r.Got, r.Hint = f.sentence(), f.wanted, f.got, f.hint
	r.Claim = number + " " + Claim(number)
}

// play plays the case and returns what it panicked with.
func (s *Suite) play(t *try, a *attempt) (ended any) {
	defer t.end()
	defer func() {
		switch e := recover().(type) {
		case nil:
		case failure, moot, skipped:
			ended = e
		case notStarted:
			ended = s.cannotStart(t, e.err)
		default:
			panic(e)
		}
	}()
	if t.c.server != nil {
		t.c.server(newServerTry(t))
	} else {
		t.c.client(newClientTry(t))
	}
	return nil
}

// cannotStart tells a program that cannot be started from a system that is out of
// something.
func (s *Suite) cannotStart(t *try, err error) any {
	if t.ctx.Err() != nil {
		return moot{"interrupted"}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if !errors.Is(err, cage.ErrStart) {
		s.untried = err.Error()
		return moot{err.Error()}
	}
	if s.refused == nil {
		s.refused = err
	}
	return failure{wanted: "the program to start", got: err.Error()}
}

// hopeless reports whether the program never came to listen, in so many cases
// that it needs not be waited for in each.
func (s *Suite) hopeless() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return !s.started && s.deaf >= enoughLate
}

func (s *Suite) isDeaf() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.deaf++
}

func (s *Suite) hasStarted() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.started = true
}

// lacks says why a case cannot be tried.
func (s *Suite) lacks(c *Case) string {
	switch {
	case c.need&large != 0 && !s.Large:
		return "it sends gigabytes: --large"
	case c.need&linux != 0 && runtime.GOOS != "linux":
		return "it wants Linux"
	case s.Subject.Address == "":
		return ""
	case c.need&process != 0:
		return "it needs the process, and --address has none"
	case c.need&output != 0:
		return "it needs standard output, and --address has none"
	}
	return ""
}

// Clone returns a suite that runs the same, and has not begun.
func (s *Suite) Clone() *Suite {
	return &Suite{Subject: s.Subject, Cases: slices.Clone(s.Cases), Expected: s.Expected, Jobs: s.Jobs, Repeat: s.Repeat, Idle: s.Idle,
		Patience: s.Patience, Large: s.Large, Limits: s.Limits, Env: s.Env, Sandbox: s.Sandbox, Progress: s.Progress}
}
