package main

import (
	"bytes"
	"context"
	"errors"
	"io"
	"log/slog"
	"net/netip"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"accio/fsm"
	"accio/internal/cli"
	"accio/protocol"
	"accio/transport"
)

var (
	remote  = netip.MustParseAddrPort("192.0.2.1:50123")
	started = time.Date(2026, 11, 22, 13, 0, 0, 123456789, time.FixedZone("", 3600))
	done    = transport.Result{Connection: 7, Remote: remote, State: protocol.Done, Good: true, Bytes: 1 << 20,
		Started: started, Elapsed: 1250 * time.Millisecond}
	timedOut = transport.Result{Connection: 8, Remote: remote, State: protocol.Error, Bytes: 100,
		Started: started, Elapsed: 10002 * time.Millisecond,
		From: protocol.Streaming, Event: fsm.TimedOut, Reason: "no data for 10s <&>", Hint: "what to do", Received: "con\x00\xff\"\r\n"}
)

// The lines of docs/protocol.md §3.
func TestResultLines(t *testing.T) {
	for _, test := range []struct {
		name   string
		json   bool
		result transport.Result
		want   string
	}{
		{"count", false, done, "1048576\n"},
		{"empty payload", false, transport.Result{State: protocol.Done, Good: true}, "0\n"},
		{"more than 32 bits", false, transport.Result{State: protocol.Done, Good: true, Bytes: 1<<63 - 1}, "9223372036854775807\n"},
		{"error", false, timedOut, "ERROR\n"},
		{"JSON count", true, done, `{"connection":7,"remote":"192.0.2.1:50123","state":"Done","bytes":1048576,` +
			`"started":"2026-11-22T12:00:00.123456789Z","seconds":1.25}` + "\n"},
		{"JSON error", true, timedOut, `{"connection":8,"remote":"192.0.2.1:50123","state":"Error","from":"Streaming",` +
			`"event":"timedout","received":100,"reason":"no data for 10s <&>","hint":"what to do","received_text":"con\\x00\\xff\\\"\\r\\n",` +
			`"started":"2026-11-22T12:00:00.123456789Z","seconds":10.002}` + "\n"},
	} {
		t.Run(test.name, func(t *testing.T) {
			var out bytes.Buffer
			if err := newResults(&out, test.json, slog.New(slog.DiscardHandler)).print(test.result); err != nil {
				t.Fatal(err)
			}
			if got := out.String(); got != test.want {
				t.Errorf("got  %swant %s", got, test.want)
			}
		})
	}
}

// A result may block for ever, but only a second after shutdown
// (docs/protocol.md §6.5).
func TestResultPatience(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, shutdown := context.WithCancel(t.Context())
		g := &gate{shut: make(chan struct{})}
		p := newResults(g, false, slog.New(slog.DiscardHandler))
		served := make(chan error, 1)
		go func() { served <- p.print(done) }()
		given := make(chan error)
		go func() { given <- p.await(ctx, served, func() int { return 0 }) }()
		select {
		case err := <-given:
			t.Fatalf("given up before shutdown: %v", err)
		case <-time.After(1000 * time.Hour):
		}
		start := time.Now()
		shutdown()
		err := <-given
		var lost *lostError
		if !errors.As(err, &lost) || lost.connection != 7 || !errors.Is(err, cli.ErrBlocked) || time.Since(start) != resultPatience {
			t.Errorf("%v after %s", err, time.Since(start))
		}
		close(g.shut)
	})
}

// That a result is lost is the last that is said of it, whether that it is
// blocked was said before or would have been afterwards, and whoever reads then.
// A result that comes after the shutdown has its second too.
func TestLostIsTheLastWord(t *testing.T) {
	for _, test := range []struct {
		begins, givenUp time.Duration // after shutdown
		lines           int           // of the log
	}{
		{-blockedPatience - 1, time.Second, 1},
		{-time.Millisecond, time.Second, 1},
		{time.Millisecond, 1100 * time.Millisecond, 1},
		{899 * time.Millisecond, 1900 * time.Millisecond, 1},
		{901 * time.Millisecond, 2 * time.Second, 1},
	} {
		t.Run(test.begins.String(), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				ctx, shutdown := context.WithCancel(t.Context())
				start := time.Now().Add(time.Minute)
				time.AfterFunc(time.Minute, shutdown)
				log, text := said()
				g := &gate{shut: make(chan struct{})}
				p := newResults(g, false, log)
				time.AfterFunc(time.Minute+test.begins, func() { p.print(done) })
				err, d := p.await(ctx, nil, func() int { return 0 }), time.Since(start)
				time.Sleep(blockedPatience)
				close(g.shut)
				synctest.Wait()
				if n := strings.Count(text.String(), "\n"); !errors.Is(err, cli.ErrBlocked) || d != test.givenUp || n != test.lines {
					t.Errorf("%v after %s, %s", err, d, text)
				}
			})
		})
	}
}

// What is not blocked is waited for, however long it takes to end, and a
// result that has only just begun to be written is not given up. How serving
// ended is told.
func TestOnlyABlockedResultIsGivenUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, shutdown := context.WithCancel(t.Context())
		shutdown()
		g := &gate{shut: make(chan struct{})}
		p := newResults(g, false, slog.New(slog.DiscardHandler))
		served := make(chan error, 1)
		go func() {
			time.Sleep(resultPatience - time.Millisecond)
			p.print(done)
			time.Sleep(time.Hour)
			served <- io.ErrUnexpectedEOF
		}()
		time.AfterFunc(resultPatience+time.Millisecond, func() { close(g.shut) })
		start := time.Now()
		if err := p.await(ctx, served, func() int { return 0 }); err != io.ErrUnexpectedEOF || time.Since(start) < time.Hour {
			t.Errorf("%v after %s", err, time.Since(start))
		}
	})
}
