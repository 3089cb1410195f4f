// Command client-s sends a file to an Accio server.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/signal"
	"strconv"
	"syscall"
	"time"

	"accio/internal/cli"
	_ "accio/internal/descriptors"
	"accio/internal/errno"
	"accio/transport"

	"golang.org/x/term"
)

func main() {
	if status := run(os.Args[1:]); status != cli.OK {
		os.Exit(status)
	}
}

func run(args []string) int {
	signal.Ignore(syscall.SIGPIPE)
	options, text, err := parse(args)
	if err == nil && text != "" {
		_, err = os.Stdout.WriteString(text)
	}
	if err != nil || text != "" {
		return cli.Status(os.Stderr, err, usageLine)
	}
	ctx, _ := signal.NotifyContext(context.Background(), ending()...)
	w := newStderr(ctx, cli.Whole{Writer: os.Stderr})
	return cli.Status(w, send(ctx, options, w), usageLine)
}

func send(ctx context.Context, o options, w *stderr) error {
	file, size, err := openUnless(ctx, o.file)
	if err != nil {
		return err
	}
	defer file.Close()
	client := &transport.Client{Timeout: time.Duration(o.timeout)}
	stop := func() {}
	// A bar would overwrite what is being typed.
	typed := o.file == "-" && term.IsTerminal(int(os.Stdin.Fd()))
	if o.progress == "always" || o.progress.On(os.Stderr) && !typed {
		stop = show(w, client.Sent, size)
	}
	result, err := client.Send(ctx, net.JoinHostPort(o.host, strconv.Itoa(o.port)), file)
	stop()
	if err != nil {
		return explain(o, err)
	}
	_, err = fmt.Fprintf(w, "sent %d bytes in %.3f s; the server has taken them and closed\n", result.Bytes, result.Elapsed.Seconds())
	if errors.Is(err, cli.ErrBlocked) {
		return err
	}
	return nil // a broken standard error is no failure to send
}

// ending returns the signals that end a session (docs/protocol.md §7.7). To be
// killed by one would make what the server has got look like the whole file.
func ending() []os.Signal {
	signals := []os.Signal{syscall.SIGQUIT, syscall.SIGTERM, syscall.SIGINT}
	if !signal.Ignored(syscall.SIGHUP) { // nohup(1)
		signals = append(signals, syscall.SIGHUP)
	}
	return signals
}

// openUnless is open, but does not wait for the writer of a named pipe when ctx
// is done.
func openUnless(ctx context.Context, name string) (*os.File, int64, error) {
	type opened struct {
		file *os.File
		size int64
		err  error
	}
	done := make(chan opened, 1)
	go func() {
		file, size, err := open(name)
		done <- opened{file, size, err}
	}()
	select {
	case o := <-done:
		return o.file, o.size, o.err
	case <-ctx.Done():
		return nil, 0, fmt.Errorf("told to stop before %s could be opened", name)
	}
}

// open returns what to send and its size, or -1 where that is not known.
func open(name string) (*os.File, int64, error) {
	file := os.Stdin
	if name != "-" {
		var err error
		if file, err = os.Open(name); err != nil {
			return nil, 0, fmt.Errorf("cannot read the file: %w", err)
		}
	}
	info, err := file.Stat()
	switch {
	case err != nil:
		return nil, 0, fmt.Errorf("cannot read the file: %w", err)
	case info.IsDir():
		return nil, 0, fmt.Errorf("%s is a directory; wanted a file", name)
	case !info.Mode().IsRegular():
		return file, -1, nil
	}
	at, err := file.Seek(0, io.SeekCurrent)
	if err != nil {
		return nil, 0, fmt.Errorf("cannot read the file: %w", err)
	}
	return file, max(0, info.Size()-at), nil
}

// explain turns an error of transport.Client.Send into words for its user.
func explain(o options, err error) error {
	var session *transport.SessionError
	if errors.As(err, &session) {
		return err
	}
	var dns *net.DNSError
	var op *net.OpError
	var timeout net.Error
	server := net.JoinHostPort(o.host, strconv.Itoa(o.port))
	switch {
	case errors.Is(err, context.Canceled):
		return fmt.Errorf("told to stop before %s answered", server)
	case errors.As(err, &dns) && dns.IsNotFound:
		return fmt.Errorf("unknown host %q: %s", o.host, dns.Err)
	case errors.As(err, &dns):
		return fmt.Errorf("cannot look up host %q: %s", o.host, dns.Err)
	case errno.IsRefused(err):
		return fmt.Errorf("cannot connect to %s: connection refused; is the server running on that port?", server)
	case errors.As(err, &timeout) && timeout.Timeout():
		return fmt.Errorf("cannot connect to %s: no answer for %s", server, o.timeout)
	case errors.As(err, &op):
		return fmt.Errorf("cannot connect to %s: %w", server, op.Err)
	}
	return fmt.Errorf("cannot connect to %s: %w", server, err)
}
