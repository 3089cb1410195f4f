package transport

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"accio/explore"
	"accio/protocol"
)

// The words once more, to depth 3 and in the longer run 4, and those that go on
// after the header, over real sockets on every path: the code that touches TCP
// gives the same events and the same counts as the expectation that the
// scripted connection was held against. A window cannot be shut here at will,
// and nothing is timed: a pause is left out, a silence is waited for.
func TestEveryWordOverLoopback(t *testing.T) {
	t.Parallel()
	list := overLoopback()
	eachPath(t, func(t *testing.T, path string) {
		t.Parallel()
		var failures explore.Shortest
		var gaveUp atomic.Bool // the others would have to be waited for as long
		queue := make(chan explore.Word)
		var workers sync.WaitGroup
		for range 8 {
			workers.Go(func() {
				for w := range queue {
					failures.Ran()
					if err := tryLoopback(t, path, w); err != nil {
						failures.Failf(alphabet.Rank(w), "%s: %v", w, err)
						var inVain *waitedInVain
						gaveUp.CompareAndSwap(false, errors.As(err, &inVain))
					}
				}
			})
		}
		for _, w := range list {
			if gaveUp.Load() {
				break
			}
			queue <- w
		}
		close(queue)
		workers.Wait()
		wantSessions(t, &failures, deep(346, 1976))
	})
}

// overLoopback returns the words that are played, the shortest first.
func overLoopback() (list []explore.Word) {
	add := func(w explore.Word, maximal bool) {
		for i, in := range w.Inputs {
			maximal = maximal && in.What != explore.Shut && in.What != explore.Open && in.What != explore.Abort && (in.Pause == 0 || in.Pause == idleLimit) &&
				!(i == 0 && w.Early && in.What == explore.Stop)
		}
		if maximal {
			list = append(list, w)
		}
	}
	depth := deep(3, 4)
	words(depth, add)
	for _, early := range []bool{false, true} {
		whole := explore.Word{Early: early}.Then(explore.Text("c1", protocol.Confirm1), explore.Text("c2", protocol.Confirm2))
		alphabet.Extend(expected, whole, depth+1, func(w explore.Word, maximal bool) {
			if len(w.Inputs) > depth { // the others are there
				add(w, maximal)
			}
		})
	}
	slices.SortStableFunc(list, func(v, w explore.Word) int { return slices.Compare(alphabet.Rank(v), alphabet.Rank(w)) })
	return list
}

// tap collects what a session fires.
type tap struct {
	mu     sync.Mutex
	events string
	result Result
}

func (p *tap) get() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.events
}

// tryLoopback plays the word with a short idle limit. On a busy machine that
// can pass before the client has had its turn; what then happens instead is
// tried again with a longer one. A fault of the server's stays.
func tryLoopback(t *testing.T, path string, w explore.Word) error {
	for _, idle := range []time.Duration{50 * time.Millisecond, time.Second, patience} {
		want, got, err := playLoopback(path, w, idle)
		switch {
		case err != nil:
			return err
		case got == want:
			return nil
		case idle < patience && strings.HasSuffix(got.events, "timedout ") && got.bytes <= want.bytes:
			t.Logf("%s: %s with an idle limit of %s; again with a longer one", w, got, idle)
		default:
			return fmt.Errorf("%s, want %s", got, want)
		}
	}
	panic("unreachable")
}

// outcome is what a session has shown.
type outcome struct {
	events string
	bytes  int64
}

func (o outcome) String() string {
	return fmt.Sprintf("[%s] %d bytes", strings.TrimSpace(o.events), o.bytes)
}

// waitedInVain is a session that has not done what an input makes it do.
type waitedInVain struct {
	inputs    int
	want, got outcome
}

func (e *waitedInVain) Error() string {
	return fmt.Sprintf("after %d inputs %s, waited in vain for %s", e.inputs, e.got, e.want)
}

// playLoopback returns what the word wants and what came. Where the word leaves
// the session open, the client's close has to end it and to change no count.
func playLoopback(path string, w explore.Word, idle time.Duration) (want, got outcome, err error) {
	waits := slices.ContainsFunc(w.Inputs, func(in explore.Input) bool { return in.Pause > 0 })
	if !waits {
		idle = patience
	}
	ctx, stop := context.WithCancel(context.Background())
	defer stop()
	ln, err := paths[path](ctx, 0)
	if err != nil {
		return want, got, err
	}
	events, served, watching := &tap{}, make(chan error, 1), newWatch(ln)
	s := &Server{
		Table:       &protocol.Server,
		IdleTimeout: idle,
		Observe: func(tr Transition) {
			events.mu.Lock()
			defer events.mu.Unlock()
			events.events += string(tr.Event) + " "
		},
		Result: func(r Result) error { events.result = r; stop(); return nil },
	}
	tcp, err := net.DialTCP("tcp4", nil, net.TCPAddrFromAddrPort(netip.AddrPortFrom(netip.MustParseAddr("127.0.0.1"), ln.Addr().Port())))
	if err != nil {
		ln.Close()
		return want, got, err
	}
	c := peer{TCPConn: tcp}
	defer c.Close()
	serve := func() { served <- s.Serve(ctx, watching) }
	if !w.Early {
		go serve()
	}
	expect := expected.Expect(w)
	last := expect[len(expect)-1]
	now := func() (outcome, bool) {
		p, serving := s.Progress()
		return outcome{events.get(), p.Bytes}, serving
	}
	await := func(inputs int, want explore.Seen) {
		come := watching.until(func() bool {
			got, serving := now()
			return len(got.events) >= len(want.Notes) && (want.Ended || !serving || got.bytes >= want.Count) || ctx.Err() != nil
		})
		if got, _ := now(); !come && err == nil {
			err = &waitedInVain{inputs, outcome{want.Notes, want.Count}, got}
		}
	}
	if !w.Early {
		await(0, expect[0])
		expect = expect[1:]
	}
	for i, in := range w.Inputs {
		if err != nil {
			break
		}
		switch in.What {
		case explore.End:
			c.CloseWrite()
		case explore.Reset:
			c.reset()
		case explore.Stop:
			stop()
		default:
			if in.Bytes != "" {
				c.Write([]byte(in.Bytes)) // an error shows in what is seen
			}
		}
		if i == 0 && w.Early {
			go serve()
		}
		if i < len(expect) {
			await(i+1, expect[i])
		}
	}
	left, _ := now()
	if err != nil {
		stop()
	}
	if err != nil || !last.Ended {
		c.Close()
	}
	if errServe := <-served; errServe != nil {
		return want, got, fmt.Errorf("Serve: %w", errServe)
	}
	want, got = outcome{last.Notes, last.Count}, outcome{events.get(), events.result.Bytes}
	if last.Ended {
		return want, got, err
	}
	if end, ok := strings.CutPrefix(got.events, want.events); ok && (end == "closed " || end == "failed ") && got.bytes == left.bytes {
		got.events = want.events
	}
	return want, got, err
}
