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
		var failures shortest
		var gaveUp atomic.Bool // the others would have to be waited for as long
		queue := make(chan word)
		var workers sync.WaitGroup
		for range 8 {
			workers.Go(func() {
				for w := range queue {
					failures.ran()
					if err := tryLoopback(t, path, w); err != nil {
						failures.failf(w.rank(), "%s: %v", w, err)
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
		failures.report(t, deep(346, 1976))
	})
}

// overLoopback returns the words that are played, the shortest first.
func overLoopback() (list []word) {
	add := func(w word, maximal bool) {
		for i, in := range w.inputs {
			maximal = maximal && in.what != 'w' && in.what != 'o' && (in.pause == 0 || in.pause == idleLimit) &&
				!(i == 0 && w.early && in.what == 's')
		}
		if maximal {
			list = append(list, w)
		}
	}
	depth := deep(3, 4)
	words(depth, add)
	for _, early := range []bool{false, true} {
		whole := word{early: early}.then(input{name: "c1", bytes: protocol.Confirm1}).then(input{name: "c2", bytes: protocol.Confirm2})
		extend(whole, depth+1, func(w word, maximal bool) {
			if len(w.inputs) > depth { // the others are there
				add(w, maximal)
			}
		})
	}
	slices.SortStableFunc(list, func(v, w word) int { return slices.Compare(v.rank(), w.rank()) })
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
func tryLoopback(t *testing.T, path string, w word) error {
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
func playLoopback(path string, w word, idle time.Duration) (want, got outcome, err error) {
	waits := slices.ContainsFunc(w.inputs, func(in input) bool { return in.pause > 0 })
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
	if !w.early {
		go serve()
	}
	expected, last := expect(w)
	now := func() (outcome, bool) {
		p, serving := s.Progress()
		return outcome{events.get(), p.Bytes}, serving
	}
	await := func(inputs int, want seen) {
		come := watching.until(func() bool {
			got, serving := now()
			return len(got.events) >= len(want.events) && (want.ended || !serving || got.bytes >= want.bytes) || ctx.Err() != nil
		})
		if got, _ := now(); !come && err == nil {
			err = &waitedInVain{inputs, outcome{want.events, want.bytes}, got}
		}
	}
	if !w.early {
		await(0, expected[0])
		expected = expected[1:]
	}
	for i, in := range w.inputs {
		if err != nil {
			break
		}
		switch in.what {
		case 'e':
			c.CloseWrite()
		case 'r':
			c.reset()
		case 's':
			stop()
		default:
			if in.bytes != "" {
				c.Write([]byte(in.bytes)) // an error shows in what is seen
			}
		}
		if i == 0 && w.early {
			go serve()
		}
		if i < len(expected) {
			await(i+1, expected[i])
		}
	}
	left, _ := now()
	if err != nil {
		stop()
	}
	if err != nil || !last.ended {
		c.Close()
	}
	if errServe := <-served; errServe != nil {
		return want, got, fmt.Errorf("Serve: %w", errServe)
	}
	want, got = outcome{last.events, last.bytes}, outcome{events.get(), events.result.Bytes}
	if last.ended {
		return want, got, err
	}
	if end, ok := strings.CutPrefix(got.events, want.events); ok && (end == "closed " || end == "failed ") && got.bytes == left.bytes {
		got.events = want.events
	}
	return want, got, err
}
