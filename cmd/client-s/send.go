package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"strconv"
	"time"

	"accio/internal/cli"
	"accio/internal/record"
	"accio/protocol"
	"accio/trace"
	"accio/transport"

	"golang.org/x/term"
)

// send sends the file and says how that went. What it writes down is what the
// server does (docs/protocol.md §7.8).
func send(ctx context.Context, o options, w *output) error {
	file, info, err := openUnless(ctx, o.file)
	if err != nil {
		return err
	}
	defer file.Close()
	client := &transport.Client{Table: &protocol.Client, Timeout: time.Duration(o.timeout)}
	// A bar would overwrite what is being typed.
	typed := o.file == "-" && term.IsTerminal(int(os.Stdin.Fd()))
	bar, lines := o.progress == "always" || cli.Shows(o.progress, os.Stderr) && !typed, io.Writer(w)
	if bar {
		lines = overBar{w}
	}
	log := record.NewLog(lines, "text", o.verbose)
	if overwrites(o.trace, info) {
		return fmt.Errorf("cannot write the trace: %s is the file that is to be sent", o.trace)
	}
	traced, err := record.OpenTrace(trace.Create, o.trace, log)
	if err != nil {
		return err
	}
	defer traced.Close()
	if o.verbose || traced != nil {
		client.Observe = func(tr transport.Transition) {
			traced.Transition(tr)
			record.LogTransition(log, tr, "")
		}
	}
	stop := func() {}
	if bar {
		stop = show(w, client.Sent, left(file, info), columns(os.Stderr))
	}
	result, err := client.Send(ctx, net.JoinHostPort(o.host, strconv.Itoa(o.port)), file)
	stop()
	if result.Connection == 0 {
		return explain(o, err)
	}
	traced.End(result)
	if o.json {
		err = errors.Join(err, printJSON(ctx, result))
	}
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(w, "sent %d bytes in %.3f s; the server has taken them and closed\n", result.Bytes, result.Elapsed.Seconds())
	if errors.Is(err, cli.ErrBlocked) {
		return err
	}
	return nil // a broken standard error is no failure to send
}

// overwrites reports whether to open name for writing would destroy the file.
func overwrites(name string, file os.FileInfo) bool {
	there, err := os.Stat(name)
	return err == nil && file.Mode().IsRegular() && os.SameFile(there, file)
}

func printJSON(ctx context.Context, r transport.Result) error {
	if _, err := newOutput(ctx, cli.Whole{Writer: os.Stdout}).Write(record.JSON(r, record.Sent, "")); err != nil {
		return fmt.Errorf("standard output: %w; the result is lost", err)
	}
	return nil
}
