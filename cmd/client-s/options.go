package main

import (
	"os"
	"strings"

	"accio/internal/cli"
	"accio/transport"

	"github.com/spf13/pflag"
)

const usageLine = "usage: client-s [flags] <HOST> <PORT> <FILE>; see client-s --help"

const help = `client-s sends <FILE> to the Accio server at <HOST>:<PORT>; - is standard input.
The server prints the count; the protocol does not tell it to the client.

usage: client-s [flags] <HOST> <PORT> <FILE>

%s
examples:
  client-s localhost 5000 photo.jpg
  tar c . | client-s localhost 5000 -
  client-s --verbose --timeout 1m localhost 5000 FILE   try out a server of your own

exit status: 0 the server has taken the file and closed; 1 failed; 2 wrong command line
`

type options struct {
	host     string
	port     int
	file     string
	timeout  cli.Limit
	progress string
	json     bool
	verbose  bool
	trace    string // empty: none
}

// parse returns the options, or a text to print instead of sending.
func parse(args []string) (o options, text string, err error) {
	o.timeout = cli.Limit(transport.DefaultIdleTimeout)
	flags := pflag.NewFlagSet("client-s", pflag.ContinueOnError)
	flags.SortFlags = false
	flags.Var(&o.timeout, "timeout", "give up when the server does nothing for this long")
	cli.Progress(flags, &o.progress, "show a progress bar on standard error")
	flags.BoolVar(&o.json, "json", false, "print the result as JSON, on standard output")
	flags.BoolVar(&o.verbose, "verbose", false, "log every transition on standard error")
	flags.Var((*cli.File)(&o.trace), "trace", "write every transition to `FILE` as JSON, for \"accio trace --role client FILE\"")
	arguments, text, err := cli.ParseOrTell(flags, args, "client-s", help)
	if err != nil || text != "" {
		return options{}, text, err
	}
	if len(arguments) != 3 {
		return options{}, "", cli.Usagef("wanted three arguments, host, port and file; got %d: %q", len(arguments), arguments)
	}
	if o.json && o.trace != "" && cli.File(o.trace).Is(os.Stdout) {
		return options{}, "", cli.Usagef("--trace %s: that is where standard output goes, which is for the result of --json alone", o.trace)
	}
	o.host, o.file = arguments[0], arguments[2]
	if rest, ok := strings.CutPrefix(o.host, "["); ok {
		if address, ok := strings.CutSuffix(rest, "]"); ok { // IPv6, as in a URL
			o.host = address
		}
	}
	if o.host == "" {
		return options{}, "", cli.Usagef("the host is empty; wanted a name or an address such as localhost or 127.0.0.1")
	}
	if o.port, err = cli.Port(arguments[1]); err != nil {
		return options{}, "", err
	}
	if o.file == "" {
		return options{}, "", cli.Usagef("the name of the file is empty; wanted one, or - for standard input")
	}
	return o, "", nil
}
