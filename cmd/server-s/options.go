package main

import (
	"fmt"

	"accio/internal/cli"
	"accio/transport"

	"github.com/spf13/pflag"
)

const usageLine = "usage: server-s [flags] <PORT> | --listen ADDRESS; see server-s --help"

const help = `server-s serves the Accio protocol on 0.0.0.0:<PORT>, one connection at a time
unless --concurrency says otherwise.
For every connection it prints one line on standard output: how many bytes the
client sent, or ERROR. Why it was an ERROR is said on standard error.

usage: server-s [flags] <PORT> | --listen ADDRESS

%s
examples:
  server-s 5000                       serve on port 5000 until Ctrl-C
  server-s --json 5000 >results.json  one JSON object a line
  server-s --idle-timeout 1m 5000     wait a minute for silent clients
  server-s 5000 2>/dev/null           results only
  server-s --log-format json 5000 2>log.json
  server-s --http 8080 5000           watch it at http://127.0.0.1:8080
  server-s --concurrency max 5000     serve everybody at once
  server-s --drain 30s 5000           at Ctrl-C, let the connections in service finish
  server-s --once 5000 >size          serve one connection and end

to send it a file:
  client-s localhost 5000 FILE
  (printf 'confirm-accio\r\nconfirm-accio-again\r\n\r\n'; cat FILE) | nc -N localhost 5000

exit status: 0 stopped by SIGINT, SIGTERM or SIGQUIT, by -n or --exit-on-idle; 1 failed; 2 wrong command line
`

type options struct {
	port        int // 0: none
	listen      cli.Listen
	proxied     bool
	proxyFrom   cli.Peers
	idleTimeout cli.Limit
	concurrency int
	drain       cli.Limit // 0: none
	most        int       // 0: no limit
	exitOnIdle  cli.Limit // 0: never
	instance    cli.Name
	json        bool
	progress    string
	verbose     bool
	logFormat   string
	logFile     string // empty: standard error
	trace       string // empty: none
	traceAppend bool
	http        cli.Address
	httpHosts   cli.Hosts
	confined    bool
	limits      limits
	control     string // empty: none
}

// parse returns the options, or a text to print instead of serving.
func parse(args []string) (o options, text string, err error) {
	o.idleTimeout = cli.Limit(transport.DefaultIdleTimeout)
	flags := pflag.NewFlagSet("server-s", pflag.ContinueOnError)
	flags.SortFlags = false
	flags.Var(&o.idleTimeout, "idle-timeout", "give a connection up after this long without a byte")
	o.concurrency = 1
	cli.Count(flags, &o.concurrency, "concurrency", "", "serve so many connections at a time; max: as many as file descriptors allow", "max")
	flags.Var(&o.drain, "drain", "when told to stop, accept nobody more and let the connections in service finish, for so long at most")
	cli.Count(flags, &o.most, "connections", "n", "serve so many connections, then end", "")
	o.limits.add(flags)
	flags.Var((*cli.Socket)(&o.control), "control", "open a Unix socket at `PATH`, for \"accio ctl\" of the same user, or of root")
	once := flags.Bool("once", false, "serve one connection, then end: -n 1")
	flags.Var(&o.exitOnIdle, "exit-on-idle", "end when nobody has been served for so long")
	flags.Var(&o.listen, "listen", "listen on this address, or Unix socket, and not on <PORT>; may be given more than once")
	flags.BoolVar(&o.proxied, "proxy-protocol", false, "take the peer of each connection from the header of the PROXY protocol that a balancer sends first")
	flags.Var(&o.proxyFrom, "proxy-from", "the balancers: an address, a prefix such as 10.0.0.0/8, or unix for Unix sockets; may be given more than once")
	flags.Var(&o.instance, "instance", "what this server is called among others, in JSON, the trace and metrics")
	flags.BoolVar(&o.json, "json", false, "print results as JSON, one object a line")
	cli.Progress(flags, &o.progress, "show the transfer in progress on standard error")
	flags.BoolVar(&o.verbose, "verbose", false, "log every transition, and every warning however many there are")
	cli.Choice(flags, &o.logFormat, "log-format", "what the log looks like", "text", "json")
	flags.Var((*cli.File)(&o.logFile), "log-file", "append the log to `FILE`, and not to standard error; SIGHUP opens FILE anew, and that of --trace")
	flags.Var((*cli.File)(&o.trace), "trace", "write every transition to `FILE` as JSON, for \"accio trace FILE\"")
	flags.BoolVar(&o.traceAppend, "trace-append", false, "append to the trace what this run adds, instead of beginning anew")
	flags.Var(&o.http, "http", "show what the server does on a web page, with metrics, at this address; a port alone is on 127.0.0.1")
	flags.Var(&o.httpHosts, "http-host", "let browsers ask for that page by this host name too; may be given more than once")
	free := flags.Bool("no-sandbox", false, "keep the right to open other files and connections, which on Linux is given up once the port is open")
	arguments, text, err := cli.ParseOrTell(flags, args, "server-s", help)
	if err != nil || text != "" {
		return options{}, text, err
	}
	switch alone := len(o.listen) > 0 || fromManager(); {
	case alone && len(arguments) == 0:
	case len(arguments) != 1:
		return options{}, "", cli.Usagef("wanted one argument, the port, a whole number from 1 to 65535, or --listen ADDRESS; got %d: %q%s", len(arguments), arguments, swallowed(args, arguments))
	case len(o.listen) > 0:
		return options{}, "", cli.Usagef("--listen %s and the port %s: one of them", o.listen, arguments[0])
	}
	switch {
	case o.proxied && !o.proxyFrom.Any():
		return options{}, "", cli.Usagef("--proxy-protocol wants --proxy-from ADDRESS or PREFIX, for example 10.0.0.0/8: whoever may connect could name any peer otherwise")
	case !o.proxied && o.proxyFrom.Any():
		return options{}, "", cli.Usagef("--proxy-from %s: it is for --proxy-protocol, which is not given", &o.proxyFrom)
	}
	o.confined = !*free
	if *once {
		if o.most > 1 {
			return options{}, "", cli.Usagef("--once and -n %d: one of them", o.most)
		}
		o.most = 1
	}
	if len(o.httpHosts) > 0 && !o.http.IsValid() {
		return options{}, "", cli.Usagef("--http-host %s: it is for the page of --http, which is not given", o.httpHosts)
	}
	if o.traceAppend && o.trace == "" {
		return options{}, "", cli.Usagef("--trace-append wants --trace FILE, which names the trace")
	}
	if len(arguments) > 0 {
		if o.port, err = cli.Port(arguments[0]); err != nil {
			return options{}, "", err
		}
	}
	if err := o.sense(); err != nil {
		return options{}, "", err
	}
	return o, "", nil
}

// swallowed is a hint where the port has become the value of a flag.
func swallowed(args, arguments []string) string {
	if last := len(args) - 1; last > 0 && len(arguments) == 0 {
		if _, err := cli.Port(args[last]); err == nil {
			return fmt.Sprintf("; %s is the value of %s here", args[last], args[last-1])
		}
	}
	return ""
}
