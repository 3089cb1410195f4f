package cli

import (
	"bytes"
	"io"
	"os"
	"syscall"
	"testing"
	"testing/synctest"
	"time"
)

// narrow takes three bytes every second, and none in between.
type narrow struct {
	bytes.Buffer
	next time.Time
}

func (w *narrow) Write(p []byte) (int, error) {
	n := 0
	if now := time.Now(); !now.Before(w.next) {
		w.next = now.Add(time.Second)
		n, _ = w.Buffer.Write(p[:min(3, len(p))])
	}
	if n < len(p) {
		return n, &os.PathError{Op: "write", Path: "narrow", Err: syscall.EAGAIN}
	}
	return n, nil
}

// What does not fit yet waits, and nothing is lost or written twice.
func TestWhole(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w, start := new(narrow), time.Now()
		if n, err := (Whole{w}).Write([]byte("1048576\n")); n != 8 || err != nil || w.String() != "1048576\n" {
			t.Errorf("%d, %v, %q", n, err, w)
		}
		if d := time.Since(start); d != 2*time.Second {
			t.Errorf("took %s", d)
		}
	})
	if n, err := (Whole{failing{io.ErrClosedPipe}}).Write([]byte("x")); n != 0 || err != io.ErrClosedPipe {
		t.Errorf("%d, %v", n, err)
	}
}
