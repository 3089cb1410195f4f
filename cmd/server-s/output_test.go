package main

import (
	"errors"
	"io"
	"testing"
	"testing/synctest"
	"time"
)

type failing struct{ err error }

func (f failing) Write([]byte) (int, error) { return 0, f.err }

// A write's own error is returned.
func TestOutputError(t *testing.T) {
	o := newOutput(failing{io.ErrClosedPipe})
	defer close(o.lines)
	if err := o.write([]byte("x"), nil); err != io.ErrClosedPipe {
		t.Error(err)
	}
}

// A write that is given up is still in progress; nothing is written beside it
// or in its place.
func TestOutputBlocked(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := &gate{shut: make(chan struct{})}
		o := newOutput(g)
		defer close(o.lines)
		giveUp := time.After(time.Minute)
		start := time.Now()
		if err := o.write([]byte("1"), giveUp); err != errBlocked || time.Since(start) != time.Minute {
			t.Errorf("%v after %s", err, time.Since(start))
		}
		if err := o.write([]byte("2"), nil); !errors.Is(err, errBlocked) {
			t.Errorf("%v while another write is in progress", err)
		}
		close(g.shut)
		synctest.Wait()
		if err := o.write([]byte("3"), nil); err != nil {
			t.Error(err)
		}
		if got := g.String(); got != "13" {
			t.Errorf("wrote %q", got)
		}
	})
}
