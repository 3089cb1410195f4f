package cli

import (
	"bytes"
	"errors"
	"io"
	"testing"
	"testing/synctest"
	"time"
)

type failing struct{ err error }

func (f failing) Write([]byte) (int, error) { return 0, f.err }

// gate is a writer that blocks until it is opened.
type gate struct {
	bytes.Buffer
	shut chan struct{}
}

func (g *gate) Write(p []byte) (int, error) {
	<-g.shut
	return g.Buffer.Write(p)
}

// A write's own error is returned.
func TestOutputError(t *testing.T) {
	o := NewOutput(failing{io.ErrClosedPipe})
	defer o.Close()
	if err := o.Write([]byte("x"), nil); err != io.ErrClosedPipe {
		t.Error(err)
	}
}

// A write that is given up is still in progress; nothing is written beside it
// or in its place.
func TestOutputBlocked(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := &gate{shut: make(chan struct{})}
		o := NewOutput(g)
		defer o.Close()
		giveUp := time.After(time.Minute)
		start := time.Now()
		if err := o.Write([]byte("1"), giveUp); err != ErrBlocked || time.Since(start) != time.Minute {
			t.Errorf("%v after %s", err, time.Since(start))
		}
		if err := o.Write([]byte("2"), nil); !errors.Is(err, ErrBlocked) {
			t.Errorf("%v while another write is in progress", err)
		}
		close(g.shut)
		synctest.Wait()
		if err := o.Write([]byte("3"), nil); err != nil {
			t.Error(err)
		}
		if got := g.String(); got != "13" {
			t.Errorf("wrote %q", got)
		}
	})
}
