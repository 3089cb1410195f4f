package main

import (
	"bytes"
	"fmt"
	"io"
	"maps"
	"os"
	"slices"
	"strings"

	"accio/conform"
	"accio/conform/report"
	"accio/internal/cli"

	"github.com/spf13/pflag"
)

// reportFlags say what is told of a run, and where.
type reportFlags struct {
	files    []string // FORMAT=FILE
	show     func(conform.Result, int, int)
	shown    string
	hints    string
	progress string
	failed   int
}

func newReportFlags(flags *pflag.FlagSet) *reportFlags {
	o := &reportFlags{}
	o.show = o.tell
	flags.StringArrayVar(&o.files, "report", nil, "also write a report, `FORMAT=FILE`: "+report.Names()+"; - is standard output, without the text; may be given more than once")
	cli.Formats(flags, "report", slices.Sorted(maps.Keys(report.Formats))...)
	cli.Choice(flags, &o.hints, "hints", "how much is told of a failure: none, the claims, or also hints and exchange", string(report.Full), string(report.Claims), string(report.None))
	cli.Choice(flags, &o.shown, "show", "the exchange of which cases is shown", string(report.ShowFail), string(report.ShowPass))
	cli.Progress(flags, &o.progress, "show progress on standard error")
	return o
}

// check finds out before the run what could not be written after it.
func (o *reportFlags) check() error {
	for _, f := range o.files {
		format, name, ok := strings.Cut(f, "=")
		if !ok || name == "" || report.Formats[format] == nil {
			return cli.Usagef("--report %q: it must be FORMAT=FILE, with one of %s", f, report.Names())
		}
		if name == "-" {
			continue
		}
		file, err := os.OpenFile(name, os.O_CREATE|os.O_WRONLY, 0o666)
		if err != nil {
			return err
		}
		file.Close()
	}
	return nil
}

// write writes the text, and every report.
func (o *reportFlags) write(r *conform.Report, w io.Writer) error {
	r = report.Redact(r, report.Hints(o.hints))
	text := true
	for _, f := range o.files {
		format, name, _ := strings.Cut(f, "=")
		var b bytes.Buffer
		if err := report.Formats[format](&b, r); err != nil {
			return err
		}
		if name == "-" {
			text = false
			if _, err := w.Write(b.Bytes()); err != nil {
				return err
			}
			continue
		}
		if err := os.WriteFile(name, b.Bytes(), 0o666); err != nil {
			return err
		}
	}
	if !text {
		return nil
	}
	return report.Text(w, r, report.Show(o.shown))
}

// tell shows progress in one line.
func (o *reportFlags) tell(r conform.Result, done, total int) {
	if r.Verdict.Bad() {
		o.failed++
		if o.hints != string(report.None) {
			fmt.Fprintf(os.Stderr, "%s%s %s: %s\n", cli.EraseLine, report.Sign(r.Verdict), r.ID, r.Reason)
		}
	}
	fmt.Fprintf(os.Stderr, "%s%d of %d cases, %d failed", cli.EraseLine, done, total, o.failed)
}
