package main

import (
	"log/slog"
	"os"
	"os/signal"
	"syscall"

	"accio/internal/record"

	"golang.org/x/term"
)

// reopens reports whether SIGHUP opens log and trace anew (docs/protocol.md §6.17). Who
// has begun a server by hand, with a trace, ends it by closing the terminal.
func (o *options) reopens() bool {
	return o.logFile != "" || o.trace != "" && !term.IsTerminal(int(os.Stderr.Fd()))
}

// hangups returns the signals at which log and trace are opened anew, from now until the
// process ends; nil: none. One that comes while another is waiting is the same.
func hangups(o options) <-chan os.Signal {
	if !o.reopens() {
		return nil
	}
	told := make(chan os.Signal, 1)
	signal.Notify(told, syscall.SIGHUP)
	return told
}

// reopenOn opens log and trace anew at each of the signals, until the returned function is
// called, which does not wait for a file that cannot be opened.
func reopenOn(hangups <-chan os.Signal, log *slog.Logger, file *logFile, traced *record.Trace) (stop func()) {
	done := make(chan struct{})
	go func() {
		for {
			select {
			case <-hangups:
				file.reopen(log)
				traced.Reopen()
			case <-done:
				return
			}
		}
	}()
	return func() { close(done) }
}
