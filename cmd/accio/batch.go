package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"syscall"

	"accio/conform"
	"accio/conform/batch"
	"accio/conform/report"
	"accio/internal/cli"

	"github.com/spf13/cobra"
)

func newBatch() *cobra.Command {
	c := &cobra.Command{
		Use:   "batch",
		Short: "Test many servers, or many clients",
		Long: `batch runs the cases for each of many submissions, one after the other, and makes
a matrix of them. It can be interrupted at any time, or killed: the next run with
the same --out goes on where it was.`,
		Args: arguments(0),
		RunE: func(*cobra.Command, []string) error {
			return cli.Usagef("accio conform batch wants server or client")
		},
	}
	c.AddCommand(newBatchRole("server"), newBatchRole("client"))
	return c
}

func newBatchRole(role string) *cobra.Command {
	c := &cobra.Command{
		Use:   role + " [flags] FILE|DIR",
		Short: "Test the " + role + "s that FILE lists, or that DIR has",
		Long: `Every program in DIR is a submission, and every directory in it that has a program
named ` + role + ` or run, with any extension. A program is executable, or a file
that python3, perl, ruby, node, sh, java -jar, php or lua runs. In FILE each line
has a name and a command; what the command lacks is added to its end.

--out DIR gets NAME.json and NAME.html of each submission, matrix.csv and matrix.html.

exit status: 0 all was run, whatever came of it; 1 something went wrong; 2 wrong command line`,
		Example: "  accio conform batch " + role + " --level required submissions/",
		Args:    arguments(1),
	}
	o := newSuiteFlags(c.Flags(), role)
	var dir, hints, progress string
	var entries []string
	c.Flags().StringVar(&dir, "out", "conform-results", "the `DIR` for the results")
	c.Flags().StringArrayVar(&entries, "entry", []string{role, "run"}, "the `NAME` of the program in the directory of a submission; may be given more than once")
	cli.Choice(c.Flags(), &hints, "hints", "how much NAME.html tells of a failure: none, the claims, or also hints and exchange", string(report.Full), string(report.Claims), string(report.None))
	cli.Progress(c.Flags(), &progress, "show progress on standard error")
	// Here a shard is of submissions.
	c.Flags().Lookup("shard").Usage = "only every Nth submission, from the Ith on"
	c.RunE = func(c *cobra.Command, args []string) error {
		part := o.shard
		o.shard.Set("")
		suite, err := o.suite()
		if err != nil {
			return err
		}
		all, err := batch.Find(args[0], entries)
		if err != nil {
			return err
		}
		b := &batch.Batch{Role: role, Dir: dir, Hints: report.Hints(hints)}
		for i, s := range all {
			if part.Has(i) {
				b.Submissions = append(b.Submissions, s)
			}
		}
		out, name := &reportFlags{hints: string(report.None)}, ""
		b.Suite = func() *conform.Suite {
			s := suite.Clone()
			if cli.Shows(progress, os.Stderr) {
				s.Progress = out.tell
			}
			return s
		}
		b.Tell = func(r *conform.Report, again bool) {
			if name = r.Subject.Name; cli.Shows(progress, os.Stderr) {
				out.failed = 0
				fmt.Fprintf(os.Stderr, "%s%s: %d of %d points%s\n", cli.EraseLine, name, r.Totals.Score, r.Totals.OutOf, map[bool]string{true: ", known already"}[again])
			}
		}
		ctx, stop := signal.NotifyContext(c.Context(), syscall.SIGINT, syscall.SIGTERM, syscall.SIGHUP)
		defer stop()
		reports, err := b.Run(ctx)
		if errors.Is(err, context.Canceled) {
			err = fmt.Errorf("interrupted after %d of %d submissions; the same command goes on", len(reports), len(b.Submissions))
		}
		m := batch.NewMatrix(role, reports)
		return errors.Join(err, m.Keep(dir), m.Text(c.OutOrStdout()))
	}
	return c
}
