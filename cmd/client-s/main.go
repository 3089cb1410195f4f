// Command client-s sends a file to an Accio server.
package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"os/signal"
	"strconv"
	"syscall"

	"accio/internal/cli"
	_ "accio/internal/descriptors"
	"accio/internal/errno"
)

func main() {
	if status := run(os.Args[1:]); status != cli.OK {
		os.Exit(status)
	}
}

func run(args []string) int {
	signal.Ignore(syscall.SIGPIPE)
	options, text, err := parse(args)
	if err != nil || text != "" {
		if err == nil {
			_, err = os.Stdout.WriteString(text)
		}
		return cli.Status(os.Stderr, err, usageLine)
	}
	ctx, _ := signal.NotifyContext(context.Background(), ending()...)
	w := newOutput(ctx, cli.Whole{Writer: os.Stderr})
	return cli.Status(w, send(ctx, options, w), usageLine)
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

// explain says in words why transport.Client.Send had no session.
func explain(o options, err error) error {
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
