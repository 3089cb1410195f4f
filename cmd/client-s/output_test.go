package main

import (
	"context"
	"errors"
	"io"
	"testing"
	"testing/synctest"
	"time"

	"accio/internal/cli"
)

// A message waits for a blocked standard error until a signal comes, and then
// no longer than messagePatience in all.
func TestOutputBlocks(t *testing.T) {
	for _, test := range []struct{ signal, givenUp time.Duration }{
		{0, messagePatience},
		{messagePatience / 4, messagePatience},
		{time.Hour, time.Hour},
	} {
		synctest.Test(t, func(t *testing.T) {
			ctx, stop := context.WithCancel(t.Context())
			defer stop()
			time.AfterFunc(test.signal, stop)
			r, w := io.Pipe()
			defer r.Close()
			s := newOutput(ctx, w)
			defer s.out.Close()
			start := time.Now()
			for range 2 {
				n, err := io.WriteString(s, "x")
				if d := time.Since(start); n != 0 || !errors.Is(err, cli.ErrBlocked) || d != test.givenUp {
					t.Errorf("signal after %s: %d, %v after %s, wanted after %s", test.signal, n, err, d, test.givenUp)
				}
			}
		})
	}
}

// What is read in time is written.
func TestOutputIsReadLate(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, stop := context.WithCancel(t.Context())
		stop()
		r, w := io.Pipe()
		s := newOutput(ctx, w)
		defer s.out.Close()
		got := make([]byte, 2)
		time.AfterFunc(messagePatience-1, func() { io.ReadFull(r, got) })
		if n, err := io.WriteString(s, "ab"); n != 2 || err != nil || string(got) != "ab" {
			t.Errorf("%d, %v, %q", n, err, got)
		}
	})
}
