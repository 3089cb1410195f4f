// Command server-s serves the Accio protocol on a TCP port: it counts the bytes
// of the files that clients send and prints one line for every connection.
package main

import (
	"context"
	"errors"
	"log/slog"
	"os"
	"os/signal"
	"syscall"
	"time"

	"accio/internal/cli"
	_ "accio/internal/descriptors"
	"accio/internal/record"
	"accio/protocol"
	"accio/trace"
	"accio/transport"
)

func main() {
	// The process ends by returning from here; os.Exit is for failures.
	if status := run(os.Args[1:]); status != cli.OK {
		os.Exit(status)
	}
}

func run(args []string) int {
	// A broken pipe is an error of a write, not the end of the process. The
	// handlers stand before the port is open and are never taken down.
	signal.Ignore(syscall.SIGPIPE)
	told := make(chan os.Signal, 2)
	signal.Notify(told, syscall.SIGQUIT, syscall.SIGTERM, syscall.SIGINT)

	stderr := newConsole(os.Stderr)
	options, text, err := parse(args)
	if err == nil && text != "" {
		_, err = os.Stdout.WriteString(text)
	} else if err == nil {
		asked, over := endings(told, time.Duration(options.drain))
		err = serve(asked, over, options, stderr)
	}
	return cli.Status(stderr, err, usageLine)
}

// serve serves until it is asked to end, and lets the connections in service go on until
// it is over.
func serve(asked, over context.Context, o options, stderr *console) (err error) {
	log, logFile, err := openLog(o, stderr)
	if err != nil {
		return err
	}
	defer func() { endLog(log, logFile, err) }()
	reopening := hangups(o)
	page, err := openPage(asked, o.http, o.httpHosts, string(o.instance))
	if err != nil {
		return err
	}
	opened := false
	defer func() {
		if !opened {
			page.Close()
		}
	}()
	listeners, err := openListeners(asked, o)
	if err != nil {
		return err
	}
	ln := transport.Join(listeners...)
	defer func() {
		if !opened {
			ln.Close()
		}
	}()
	concurrency, err := o.places(len(listeners))
	if err != nil {
		return err
	}
	operator, err := openControl(asked, o.control)
	if err != nil {
		return err
	}
	defer func() {
		if !opened {
			operator.Close()
		}
	}()
	openTrace := trace.Create // which empties the file: what else can fail comes before
	if o.traceAppend {
		openTrace = trace.Append
	}
	traced, err := record.OpenTrace(openTrace, o.trace, log)
	if err != nil {
		return err
	}
	traced.Places(concurrency)
	traced.Instance(string(o.instance))
	defer traced.Close()
	opened = true
	confine(o, log)
	for _, ln := range listeners {
		log.Info("listening", "address", transport.Where(ln).String())
	}

	results := newResults(cli.Whole{Writer: os.Stdout}, o.json, log)
	results.instance = string(o.instance)
	server := &transport.Server{Table: &protocol.Server, IdleTimeout: time.Duration(o.idleTimeout), Concurrency: concurrency, Most: uint64(o.most), Log: log, Proxy: o.proxy(), Limits: o.limits.transport()}
	traffic := &traffic{server: server, started: time.Now()}
	server.Result = func(r transport.Result) error {
		stderr.erase()
		traced.End(r)
		traffic.end(r)
		if err := results.print(r); err != nil {
			if lost, ok := errors.AsType[*lostError](err); ok {
				lost.others = traffic.inService()
			}
			return err
		}
		logResult(log, r)
		return nil
	}
	if o.verbose || traced != nil {
		peers := map[uint64]string{} // of those in service
		identified := func(r transport.Result) { peers[r.Connection] = transport.Peer(r.Remote) }
		server.Identified = identified
		server.Accepted = func(r transport.Result) {
			traced.Begin(r.Connection)
			identified(r)
		}
		server.Observe = func(tr transport.Transition) {
			traced.Transition(tr)
			record.LogTransition(log, tr, peers[tr.Connection])
			if protocol.Server.IsTerminal(tr.To) {
				delete(peers, tr.Connection)
			}
		}
	}
	if o.exitOnIdle > 0 {
		defer traffic.endWhenIdle(time.Duration(o.exitOnIdle), ln, log)()
	}
	defer page.show(asked, server, ln, results.blocked, log)()
	if cli.Shows(o.progress, os.Stderr) {
		defer stderr.show(traffic.shown)()
	}
	if o.drain > 0 {
		defer traffic.drainOnce(asked, log, time.Duration(o.drain))()
	}
	defer tellManager(asked, traffic, results.writes)()
	defer operator.Serve(server)()
	defer reopenOn(reopening, log, logFile, traced)()
	served := make(chan error, 1)
	go func() { served <- server.Serve(over, ln) }()
	return results.await(over, served, traffic.inService)
}

func logResult(log *slog.Logger, r transport.Result) {
	if !r.Good {
		log.Warn(r.Explanation(), "connection", r.Connection, record.Remote(r.Remote))
		return
	}
	if !log.Enabled(context.Background(), slog.LevelDebug) {
		return // before the arguments are allocated
	}
	log.Debug("counted", "connection", r.Connection, record.Remote(r.Remote), "bytes", r.Bytes, "seconds", r.Elapsed.Seconds())
}
