// Command smtp-sink receives mail and counts it, one client at a time: an example
// of a protocol that is not Accio's, on the same machine, page, trace and checks.
//
//	smtp-sink [--http ADDRESS:PORT] [--trace FILE] PORT
package main

import (
	"context"
	"flag"
	"fmt"
	"net/netip"
	"os"
	"os/signal"
	"strconv"
	"syscall"

	"accio/fsm"
	"accio/live"
	"accio/trace"
	"accio/transport"
)

var do = map[fsm.Action]transport.Do{command: listen, body: count}

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, "smtp-sink:", err)
		os.Exit(1)
	}
}

func run() error {
	http := flag.String("http", "", "show what it does at this `ADDRESS:PORT`")
	file := flag.String("trace", "", "write a trace to this `FILE`")
	flag.Parse()
	port, err := strconv.ParseUint(flag.Arg(0), 10, 16)
	if err != nil || flag.NArg() != 1 {
		return fmt.Errorf("wanted one port, 0 to 65535, got %q", flag.Args())
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	ln, err := transport.Listen(ctx, int(port))
	if err != nil {
		return err
	}
	fmt.Fprintln(os.Stderr, "listening on", ln.Addr())
	server := &transport.Server{Table: &sink, Do: do}
	server.Result = func(r transport.Result) error {
		text := r.Explanation()
		if r.Good {
			text = strconv.FormatInt(r.Bytes, 10)
		}
		_, err := fmt.Println(text)
		return err
	}
	if *file != "" {
		if err := traced(server, *file); err != nil {
			return err
		}
	}
	if *http != "" {
		if err := shown(ctx, server, ln, *http); err != nil {
			return err
		}
	}
	return server.Serve(ctx, ln)
}

// traced writes what the server does to a file.
func traced(server *transport.Server, name string) error {
	f, err := trace.Create(name)
	if err != nil {
		return err
	}
	server.Observe = func(tr transport.Transition) { f.Transition(trace.Transition(tr)) }
	print, over := server.Result, false
	server.Result = func(r transport.Result) error {
		end := trace.End{Connection: r.Connection, Result: trace.ErrorResult, Bytes: r.Bytes, Since: r.Elapsed}
		if r.Good {
			end.Result = strconv.FormatInt(r.Bytes, 10)
		}
		if over {
			return print(r)
		}
		if err := f.End(end); err != nil {
			over = true
			fmt.Fprintln(os.Stderr, "from here on nothing is traced:", err)
		}
		return print(r)
	}
	return nil
}

// shown serves the live page.
func shown(ctx context.Context, server *transport.Server, ln transport.Listener, address string) error {
	at, err := netip.ParseAddrPort(address)
	if err != nil {
		return err
	}
	page, err := live.Listen(ctx, at)
	if err != nil {
		return err
	}
	about := live.Watch(server, ln)
	about.Name, about.Metrics = "SMTP sink", "smtp_sink"
	fmt.Fprintln(os.Stderr, "page at", page.URL())
	go page.Serve(ctx, about)
	return nil
}
