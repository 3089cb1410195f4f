//go:build unix

package main

import (
	"context"
	"os"
	"path/filepath"
	"syscall"
	"testing"
	"time"
)

// A signal ends the wait for the writer of a named pipe, and says so.
func TestSignalWhileWaitingForAWriter(t *testing.T) {
	fifo := filepath.Join(t.TempDir(), "fifo")
	check(t, syscall.Mkfifo(fifo, 0o600))
	ctx, stop := context.WithCancel(t.Context())
	time.AfterFunc(10*time.Millisecond, stop)
	_, _, err := openUnless(ctx, fifo)
	if want := "told to stop before " + fifo + " could be opened"; err == nil || err.Error() != want {
		t.Errorf("%v, wanted %s", err, want)
	}
	writer, err := os.OpenFile(fifo, os.O_RDWR, 0) // ends the wait that was left behind
	check(t, err)
	writer.Close()
}
