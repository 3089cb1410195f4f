package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"
	"syscall"

	"accio/conform"
	"accio/conform/report"
	"accio/internal/cli"

	"github.com/dustin/go-humanize/english"
	"github.com/spf13/cobra"
)

// notStarted is the exit status where the program under test could not be started.
const notStarted = 3

func newConform() *cobra.Command {
	c := &cobra.Command{
		Use:   "conform",
		Short: "Test anybody's server or client against the contract",
		Long: `conform tests a server or a client in any language from outside: by what it sends,
prints and exits with. docs/conformance.md lists the cases and says how to grade
a class.`,
		Args: arguments(0),
		RunE: func(*cobra.Command, []string) error {
			return cli.Usagef("accio conform wants server, client, batch or merge")
		},
	}
	c.AddCommand(newConformRole("server", `conform server starts CMD with {port} replaced, or with the port as its last
argument, plays the cases, and reads its standard output and exit status.`,
		`  accio conform server -- ./server-s {port}
  accio conform server --report html=report.html -- python3 server.py
  accio conform server --address 192.0.2.1:5000`))
	c.AddCommand(newConformRole("client", `conform client plays the server, starts CMD with {host}, {port} and {file}
replaced, or with these as its last arguments, and looks at what arrives, at its
exit status and at standard error.`,
		`  accio conform client -- ./client-s {host} {port} {file}
  accio conform client --run client/SendFile -- java -cp /opt/submission Client`))
	c.AddCommand(newBatch(), newMerge())
	return c
}

func newConformRole(role, long, example string) *cobra.Command {
	c := &cobra.Command{
		Use:   role + " [flags] -- CMD [ARG…]",
		Short: "Test a " + role,
		Long: long + `

exit status: 0 all passed; 1 some failed; 2 wrong command line; 3 CMD could not be started`,
		Example: example,
	}
	o := newSuiteFlags(c.Flags(), role)
	out := newReportFlags(c.Flags())
	list := c.Flags().Bool("list", false, "list the selected cases, and run none")
	var address string
	if role == "server" {
		c.Flags().StringVar(&address, "address", "", "test the server that runs at `HOST:PORT`, instead of CMD")
	}
	c.Flags().SetInterspersed(false)
	c.RunE = func(c *cobra.Command, args []string) error {
		suite, err := o.suite()
		if err != nil {
			return err
		}
		if *list {
			return listCases(c.OutOrStdout(), suite.Cases)
		}
		suite.Subject = conform.Subject{Role: role, Command: args, Address: address}
		if (len(args) == 0) == (address == "") {
			return cli.Usagef("accio conform %s wants a command, after --%s", role, map[bool]string{true: ", or --address, and not both"}[role == "server"])
		}
		if address != "" {
			if err := hostPort(address); err != nil {
				return err
			}
		}
		if err := out.check(); err != nil {
			return err
		}
		ctx, stop := signal.NotifyContext(c.Context(), syscall.SIGINT, syscall.SIGTERM, syscall.SIGHUP)
		defer stop()
		return out.run(ctx, suite, c.OutOrStdout())
	}
	return c
}

func listCases(w io.Writer, cases []conform.Case) error {
	for _, c := range cases {
		if _, err := fmt.Fprintf(w, "%-58s %-8s %-14s %s\n", c.ID, c.Level, strings.Join(c.Claims, ","), c.Title); err != nil {
			return err
		}
	}
	return nil
}

// run runs the suite and writes the reports.
func (o *reportFlags) run(ctx context.Context, suite *conform.Suite, w io.Writer) error {
	if cli.Shows(o.progress, os.Stderr) {
		suite.Progress = o.show
	}
	r, err := suite.Run(ctx)
	if suite.Progress != nil {
		io.WriteString(os.Stderr, cli.EraseLine)
	}
	if errors.Is(err, conform.ErrNotStarted) {
		return errors.Join(err, o.write(r, io.Discard))
	}
	if err := o.write(r, w); err != nil {
		return err
	}
	return verdict(r)
}

// verdict is an error for a run that did not go well.
func verdict(r *conform.Report) error {
	if !r.Failed() {
		return nil
	}
	if n := r.Totals.Fail + r.Totals.XPass; n > 0 {
		return fmt.Errorf("%d of %s failed", n, english.Plural(len(r.Cases), "case", ""))
	}
	return errors.New(r.Partial)
}

func newMerge() *cobra.Command {
	c := &cobra.Command{
		Use:   "merge REPORT…",
		Short: "Make one report of those of several shards",
		Long: `merge reads reports that --report json=FILE has written, of shards of one run, and
makes one of them. Two results for one case, or different programs, are errors.`,
		Example: "  accio conform merge --report html=all.html shard-*.json",
	}
	out := newReportFlags(c.Flags())
	c.RunE = func(c *cobra.Command, args []string) error {
		if len(args) == 0 {
			return cli.Usagef("accio conform merge wants the reports, as --report json=FILE has written them")
		}
		if err := out.check(); err != nil {
			return err
		}
		var reports []*conform.Report
		for _, name := range args {
			r, err := readReport(name)
			if err != nil {
				return err
			}
			reports = append(reports, r)
		}
		merged, err := report.Merge(reports)
		if err != nil {
			return err
		}
		if err := out.write(merged, c.OutOrStdout()); err != nil {
			return err
		}
		return verdict(merged)
	}
	return c
}

func readReport(name string) (*conform.Report, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	r, err := report.Read(f)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	return r, nil
}
