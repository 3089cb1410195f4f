package transport

import (
	"context"
	"runtime"
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

func overLoopback(t *testing.T, path string, w word) {
	const shortest = 50 * time.Millisecond
	idle := patience
	for _, in := range w.inputs {
		if in.pause > 0 {
			idle = shortest
		}
	}
	ctx, stop := context.WithCancel(context.Background())
	defer stop()
	ln, err := paths[path](ctx, 0)
	if err != nil {
		t.Error(err)
		return
	}
	p, served := &tap{}, make(chan error, 1)
	s := &Server{
		IdleTimeout: idle,
		Observe: func(tr Transition) {
			p.mu.Lock()
			defer p.mu.Unlock()
			p.events += string(tr.Event) + " "
		},
		Result: func(r Result) error { p.result = r; stop(); return nil },
	}
	c := (&running{t: t, ln: ln}).dial()
	if !w.early {
		go func() { served <- s.Serve(ctx, ln) }()
	}
	want, last := expect(w)
	if !w.early {
		p.await(s, want[0])
		want = want[1:]
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
			go func() { served <- s.Serve(ctx, ln) }()
		}
		if i < len(want) {
			p.await(s, want[i])
		}
	}
	if !last.ended {
		c.Close() // ends it somehow
	}
	if err := <-served; err != nil {
		t.Errorf("%s: Serve: %v", w, err)
	}
	got := p.get()
	if !last.ended {
		if !strings.HasPrefix(got, last.events) {
			t.Errorf("%s: events %swant %sfirst", w, got, last.events)
		}
		return
	}
	if got != last.events || p.result.Bytes != last.bytes {
		t.Errorf("%s: events %s%d bytes; want %s%d bytes", w, got, p.result.Bytes, last.events, last.bytes)
	}
}

// await returns when what is wanted has been seen, or after a while.
func (p *tap) await(s *Server, want seen) {
	for limit := time.Now().Add(patience); time.Now().Before(limit); runtime.Gosched() {
		now, ok := s.Progress()
		if len(p.get()) >= len(want.events) && (want.ended || !ok || now.Bytes >= want.bytes) {
			return
		}
	}
}
