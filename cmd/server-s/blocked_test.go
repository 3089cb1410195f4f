package main

import (
	"errors"
	"fmt"
	"io"
	"log/slog"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"accio/internal/clitest"
)

// said is a log that has the seconds since it was made.
func said() (*slog.Logger, *clitest.Stream) {
	text, began := new(clitest.Stream), time.Now()
	return slog.New(slog.NewTextHandler(text, &slog.HandlerOptions{ReplaceAttr: func(_ []string, a slog.Attr) slog.Attr {
		if a.Key == slog.TimeKey {
			return slog.Duration("at", time.Since(began))
		}
		return a
	}})), text
}

// A blocked standard output is said after one second, once, and when it is over
// (docs/protocol.md §6.9).
func TestBlockedIsSaid(t *testing.T) {
	const (
		warning = `at=%s level=WARN msg="standard output is blocked: nobody reads it, and no client is served until somebody does" connection=7` + "\n"
		over    = `at=%s level=INFO msg="standard output is read again" blocked=%s` + "\n"
	)
	for _, test := range []struct{ starts, blocked time.Duration }{
		{0, 999 * time.Millisecond},
		{0, 1001 * time.Millisecond},
		{300 * time.Millisecond, 90 * time.Second},
		{999 * time.Millisecond, 3 * time.Second},
		{1000 * time.Millisecond, 2500 * time.Millisecond},
		{time.Hour + 17*time.Millisecond, time.Hour},
	} {
		t.Run(fmt.Sprint(test), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				log, text := said()
				g := &gate{shut: make(chan struct{})}
				p := newResults(g, false, log)
				time.Sleep(test.starts)
				began := time.Now()
				go p.print(done)
				told := test.blocked > time.Second
				for _, at := range []time.Duration{0, min(time.Second, test.blocked-1), test.blocked - 1} {
					time.Sleep(at - time.Since(began))
					want := at
					if at < time.Second {
						want = 0
					}
					if got := p.blocked(); got != want {
						t.Errorf("blocked for %s after %s, want %s", got, at, want)
					}
				}
				time.Sleep(test.blocked - time.Since(began))
				close(g.shut)
				synctest.Wait()
				if d := p.blocked(); d != 0 {
					t.Errorf("still blocked for %s", d)
				}
				want := ""
				if told {
					want = fmt.Sprintf(warning, test.starts+time.Second) +
						fmt.Sprintf(over, test.starts+test.blocked, test.blocked.Round(100*time.Millisecond))
				}
				if got := text.String(); got != want {
					t.Errorf("%s\nwanted\n%s", got, want)
				}
			})
		})
	}
}

// Each time it is blocked is said, and how it ends before the next; what ends
// with the server has no end.
func TestBlockedAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		log, text := said()
		g := &gate{shut: make(chan struct{})}
		p := newResults(g, false, log)
		served := make(chan bool)
		go func() {
			for range 2 {
				p.print(done)
			}
			open, shut := make(chan struct{}), g.shut
			close(open)
			g.shut = open // what is not blocked is not read again
			p.print(done)
			g.shut = shut
			p.print(done)
			close(served)
		}()
		for range 2 {
			time.Sleep(4950 * time.Millisecond)
			synctest.Wait()
			shut := g.shut
			g.shut = make(chan struct{})
			close(shut)
		}
		time.Sleep(5 * time.Second)
		const want = `at=1s level=WARN msg="standard output is blocked: nobody reads it, and no client is served until somebody does" connection=7
at=4.95s level=INFO msg="standard output is read again" blocked=5s
at=5.95s level=WARN msg="standard output is blocked: nobody reads it, and no client is served until somebody does" connection=7
at=9.9s level=INFO msg="standard output is read again" blocked=5s
at=10.9s level=WARN msg="standard output is blocked: nobody reads it, and no client is served until somebody does" connection=7
`
		if got := text.String(); got != want {
			t.Errorf("%s\nwanted\n%s", got, want)
		}
		close(g.shut)
		<-served
	})
}

// A timer that comes too late, when the write is over or another has begun, says
// nothing.
func TestLateTimer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		log, text := said()
		g := &gate{shut: make(chan struct{})}
		p := newResults(g, false, log)
		p.warn()
		written := make(chan error)
		go func() { written <- p.print(done) }()
		time.Sleep(blockedPatience - 1)
		p.warn()
		close(g.shut)
		if err := <-written; err != nil || text.String() != "" {
			t.Errorf("%v, %s", err, text)
		}
	})
}

// torn is a standard output that breaks while it is blocked.
type torn struct{ broken chan struct{} }

func (w torn) Write([]byte) (int, error) { <-w.broken; return 0, io.ErrClosedPipe }

// What breaks is not read again.
func TestBlockedUntilItBreaks(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		log, text := said()
		w := torn{make(chan struct{})}
		time.AfterFunc(2*time.Second, func() { close(w.broken) })
		err := newResults(w, false, log).print(done)
		if lines := strings.Count(text.String(), "\n"); !errors.Is(err, io.ErrClosedPipe) || lines != 1 {
			t.Errorf("%v, %s", err, text)
		}
	})
}
