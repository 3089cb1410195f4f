package main

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"os"
	"strconv"
	"text/tabwriter"
	"time"

	"accio/internal/cli"
	"accio/internal/control"
	"accio/internal/errno"

	"github.com/dustin/go-humanize"
	"github.com/spf13/cobra"
)

func newCtl() *cobra.Command {
	c := &cobra.Command{
		Use:   "ctl --control PATH list|kill NUMBER",
		Short: "List and end the connections of a running server",
		Long: `Asks a server that was started with --control PATH, as the same user or as root.

  server-s --concurrency 100 --control /run/accio/control 5000
  accio ctl --control /run/accio/control list
  accio ctl --control /run/accio/control kill 7

list prints the connections in service, in the order in which they came. kill
ends one of them: its line is ERROR, its event aborted, and the others go on.

exit status: 0 it is done; 1 there is no such connection, or no server; 2 wrong command line`,
		ValidArgs:             []string{"list\tthe connections in service", "kill\tone of them, by its number"},
		DisableFlagsInUseLine: true,
	}
	var socket cli.Socket
	c.Flags().Var(&socket, "control", "the `PATH` that server-s --control has opened")
	c.RunE = func(c *cobra.Command, args []string) error {
		path := string(socket)
		switch {
		case path == "":
			return cli.Usagef("accio ctl wants --control PATH, the socket of a server that was started with it")
		case len(args) == 1 && args[0] == "list":
			all, err := control.List(path)
			if err != nil {
				return cannotAsk(path, err)
			}
			return tellConnections(c.OutOrStdout(), all)
		case len(args) == 2 && args[0] == "kill":
			n, err := strconv.ParseUint(args[1], 10, 64)
			if err != nil || n == 0 {
				return cli.Usagef("accio ctl kill %q: wanted the number of a connection, as accio ctl list and the log have it", args[1])
			}
			return cannotAsk(path, control.Kill(path, n))
		}
		return cli.Usagef("accio ctl %q: wanted list, or kill and the number of a connection", args)
	}
	return c
}

// cannotAsk says what to do about an error of asking.
func cannotAsk(path string, err error) error {
	op, failed := errors.AsType[*net.OpError](err)
	switch {
	case !failed:
		return err
	case errors.Is(err, fs.ErrNotExist), errno.IsRefused(err):
		return fmt.Errorf("no server listens on %s: %w; is it what server-s --control names?", path, op.Err)
	case errors.Is(err, os.ErrDeadlineExceeded):
		return fmt.Errorf("%s: the server does not answer: %w; it may be stopped, or others may hold its socket", path, op.Err)
	case errors.Is(err, fs.ErrPermission):
		return fmt.Errorf("%s: %w; ask as the user of the server, or as root", path, op.Err)
	}
	return err
}

func tellConnections(out io.Writer, all []control.Connection) error {
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "connection\tpeer\tstate\tbytes\tfor\tsilent")
	seconds := func(s float64) time.Duration {
		return time.Duration(s * float64(time.Second)).Round(100 * time.Millisecond)
	}
	for _, c := range all {
		fmt.Fprintf(w, "%d\t%s\t%s\t%s\t%s\t%s\n", c.Connection, c.Remote, c.State, humanize.IBytes(uint64(c.Bytes)), seconds(c.Seconds), seconds(c.Silent))
	}
	return w.Flush()
}
