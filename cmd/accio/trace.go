package main

import (
	"bufio"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"

	"accio/fsm"
	"accio/internal/cli"
	"accio/trace"

	"github.com/spf13/cobra"
)

func newTrace() *cobra.Command {
	c := &cobra.Command{
		Use:   "trace FILE...",
		Short: "Check traces that server-s --trace or client-s --trace wrote",
		Long: `Follows each connection of a trace through the table of the server, or of the
client that wrote it. Prints the lines that break a rule, with what would have
been allowed, and how often the traces took each transition. docs/trace.md
describes the format and the rules.

  server-s --trace run.jsonl 5000
  accio trace run.jsonl
  client-s --trace sent.jsonl localhost 5000 FILE
  accio trace --role client sent.jsonl

Traces of several instances (server-s --instance), and the parts of one whose
trace was opened anew, are checked together, in any order: no connection of a
run may be in two of them.

--table follows a table of your own instead. FILE may be - for standard input,
and compressed by gzip.

exit status: 0 clean; 1 a rule is broken, or a file cannot be read; 2 wrong command line`,
	}
	chosen := tableFlags(c.Flags())
	c.RunE = func(c *cobra.Command, files []string) error {
		if len(files) == 0 {
			return cli.Usagef("accio trace wants a file that server-s --trace or client-s --trace wrote")
		}
		table, err := chosen()
		if err != nil {
			return err
		}
		return checkTraces(c.InOrStdin(), c.OutOrStdout(), table, files)
	}
	return c
}

func checkTraces(in io.Reader, out io.Writer, table *fsm.Table, files []string) error {
	violations, wrong := 0, map[string]struct{}{}
	var covered trace.Coverage
	var together runs
	for _, file := range files {
		report, err := checkTrace(in, out, table, file)
		if err != nil {
			return err
		}
		together.add(file, report.Parts)
		if n := len(report.Violations); n > 0 {
			violations += n
			wrong[file] = struct{}{}
		}
		if covered == nil {
			covered = report.Coverage
		} else {
			covered.Add(report.Coverage)
		}
	}
	for _, file := range together.tell(out) {
		violations++
		wrong[file] = struct{}{}
	}
	fmt.Fprintf(out, "%d of %d transitions were taken:\n%s", covered.Seen(), len(covered), covered)
	if violations > 0 {
		return fmt.Errorf("violations: %d, in files: %d of %d", violations, len(wrong), len(files))
	}
	return nil
}

// checkTrace checks a file; that of the name - is in.
func checkTrace(in io.Reader, out io.Writer, table *fsm.Table, file string) (trace.Report, error) {
	if file != "-" {
		f, err := os.Open(file)
		if err != nil {
			return trace.Report{}, err
		}
		defer f.Close()
		in = f
	}
	var report trace.Report
	in, err := unpacked(in)
	if err == nil {
		report, err = trace.Check(in, table)
	}
	if err != nil {
		if _, named := errors.AsType[*fs.PathError](err); !named {
			err = fmt.Errorf("%s: %w", file, err)
		}
		return trace.Report{}, err
	}
	for _, v := range report.Violations {
		fmt.Fprintf(out, "%s:%d: %s\n", file, v.Line, v)
	}
	summary := "clean"
	switch n := len(report.Violations); {
	case report.Stopped:
		summary = fmt.Sprintf("more than %d violations; the rest was not read", n)
	case n > 0:
		summary = several(n, "violation")
	}
	runs := ""
	if report.Runs > 1 {
		runs = fmt.Sprintf(" in %d runs", report.Runs)
	}
	fmt.Fprintf(out, "%s: %s, %s%s: %s\n", file, several(report.Lines, "line"), several(report.Connections, "connection"), runs, summary)
	return report, nil
}

// unpacked is what a file holds that gzip may have compressed.
func unpacked(in io.Reader) (io.Reader, error) {
	const gzipped = "\x1f\x8b" // RFC 1952, 2.3.1
	text := bufio.NewReader(in)
	if begin, _ := text.Peek(len(gzipped)); string(begin) != gzipped {
		return text, nil
	}
	return gzip.NewReader(text)
}

// several returns a number and what there are so many of.
func several(n int, one string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %ss", n, one)
}
