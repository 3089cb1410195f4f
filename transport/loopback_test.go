package transport

import (
	"context"
	"fmt"
	"net"
	"net/netip"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

// The words once more, to depth 3 and in the longer run 4, over real sockets on every path: the code
// that touches TCP gives the same events and the same counts as the expectation
// that the scripted connection was held against. A window cannot be shut here
// at will, and nothing is timed: a pause is left out, a silence is waited for.
func TestEveryWordOverLoopback(t *testing.T) {
	var list []word
	words(deep(3, 4), func(w word, maximal bool) {
		for i, in := range w.inputs {
			maximal = maximal && in.what != 'w' && in.what != 'o' && (in.pause == 0 || in.pause == idleLimit) &&
				!(i == 0 && w.early && in.what == 's')
		}
		if maximal {
			list = append(list, w)
		}
	})
	eachPath(t, func(t *testing.T, path string) {
		t.Parallel()
		queue := make(chan word)
		var workers sync.WaitGroup
		for range 8 {
			workers.Go(func() {
				for w := range queue {
					overLoopback(t, path, w)
				}
			})
		}
		for _, w := range list {
			queue <- w
		}
		close(queue)
		workers.Wait()
		t.Logf("%d sessions", len(list))
	})
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

// overLoopback plays the word with a short idle limit. On a busy machine that
// can pass before the client has had its turn; what then happens instead is
// tried again with a longer one. A fault of the server's stays.
func overLoopback(t *testing.T, path string, w word) {
	for _, idle := range []time.Duration{50 * time.Millisecond, time.Second, patience} {
		want, got, err := playLoopback(path, w, idle)
		switch {
		case err != nil:
			t.Errorf("%s: %v", w, err)
		case got == want:
		case idle < patience && strings.HasSuffix(got.events, "timedout "):
			t.Logf("%s: %s with an idle limit of %s; again with a longer one", w, got.events, idle)
			continue
		default:
			t.Errorf("%s: %swith %d bytes; want %swith %d", w, got.events, got.bytes, want.events, want.bytes)
		}
		return
	}
}

// outcome is what a session has shown at its end.
type outcome struct {
	events string
	bytes  int64
}

// playLoopback returns what the word wants and what came. Where the word leaves
// the session open both are cut to the events that the word wants.
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
	p, served, watching := &tap{}, make(chan error, 1), newWatch(ln)
	s := &Server{
		IdleTimeout: idle,
		Observe: func(tr Transition) {
			p.mu.Lock()
			defer p.mu.Unlock()
			p.events += string(tr.Event) + " "
		},
		Result: func(r Result) error { p.result = r; stop(); return nil },
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
	await := func(want seen) {
		watching.until(func() bool {
			now, serving := s.Progress()
			return len(p.get()) >= len(want.events) && (want.ended || !serving || now.Bytes >= want.bytes) || ctx.Err() != nil
		})
	}
	if !w.early {
		await(expected[0])
		expected = expected[1:]
	}
	for i, in := range w.inputs {
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
			await(expected[i])
		}
	}
	if !last.ended {
		c.Close() // ends it somehow
	}
	if err := <-served; err != nil {
		return want, got, fmt.Errorf("Serve: %w", err)
	}
	want, got = outcome{last.events, last.bytes}, outcome{p.get(), p.result.Bytes}
	if !last.ended && strings.HasPrefix(got.events, want.events) {
		got = want
	}
	return want, got, nil
}
