package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"os/signal"
	"slices"
	"strings"
	"syscall"
	"time"

	"accio/conform"
	"accio/diagram"
	"accio/internal/cli"
	"accio/learn"
	"accio/transport"

	"github.com/dustin/go-humanize/english"
	"github.com/spf13/cobra"
)

func newLearn() *cobra.Command {
	c := &cobra.Command{
		Use:   "learn",
		Short: "Find out which machine a server or a client really is",
		Long: `learn runs a program many times, with inputs that the table suggests, and learns
the machine behind its answers: where that is not the table, it says in a sentence
how, and shows both (docs/learning.md).`,
		Args: arguments(0),
		RunE: func(*cobra.Command, []string) error { return cli.Usagef("accio learn wants server or client") },
	}
	c.AddCommand(newLearnRole("server", "{port}"), newLearnRole("client", "{host} {port} {file}"))
	return c
}

// learnFlags are those of accio learn.
type learnFlags struct {
	learn.Options
	limits   limitFlags
	idle     cli.Limit
	time     cli.Limit
	files    []string
	asTable  string
	progress string
}

func newLearnRole(role, arguments string) *cobra.Command {
	c := &cobra.Command{
		Use:   role + " [flags] -- CMD [ARG…]",
		Short: "Learn a " + role,
		Long: `CMD is run with ` + arguments + ` replaced, or with that as its last arguments.

exit status: 0 no difference within the depth; 1 differences; 2 wrong command line;
3 CMD could not be started`,
		Example: "  accio learn " + role + " --report html=machine.html -- python3 " + role + ".py " + arguments,
	}
	o := &learnFlags{idle: cli.Limit(transport.DefaultIdleTimeout), time: cli.Limit(10 * time.Second)}
	flags := c.Flags()
	flags.SortFlags = false
	flags.IntVar(&o.Depth, "depth", 0, "rule out every machine with so many states more; each costs about ten times the runs")
	flags.IntVar(&o.MaxStates, "max-states", 40, "stop at so many states")
	flags.Var(&o.time, "time", "try random words for so long, when nothing else is left")
	flags.Uint64Var(&o.Seed, "seed", 1, "of the random words")
	flags.IntVar(&o.Jobs, "jobs", 16, "so many runs of the program at the same time")
	flags.Var(&o.idle, "idle-limit", "the idle limit that the program has")
	flags.StringArrayVar(&o.files, "report", nil, "also write the machine, `FORMAT=FILE`: "+names(learn.Formats)+"; may be given more than once")
	cli.Formats(flags, "report", slices.Sorted(maps.Keys(learn.Formats))...)
	flags.StringVar(&o.asTable, "as-table", "", "also write it to `FILE` as a table, for accio check --table")
	o.limits.add(flags)
	cli.Progress(flags, &o.progress, "show progress on standard error")
	flags.SetInterspersed(false)
	c.RunE = func(c *cobra.Command, args []string) error {
		if err := o.check(args, role); err != nil {
			return err
		}
		ctx, stop := signal.NotifyContext(c.Context(), syscall.SIGINT, syscall.SIGTERM, syscall.SIGHUP)
		defer stop()
		return o.run(ctx, role, args, c.OutOrStdout())
	}
	return c
}

func (o *learnFlags) check(args []string, role string) error {
	switch {
	case len(args) == 0:
		return cli.Usagef("accio learn %s wants a command, after --", role)
	case o.Depth < 0 || o.MaxStates < 1 || o.Jobs < 1:
		return cli.Usagef("--depth %d, --max-states %d, --jobs %d: they must be numbers from 1 on (depth also 0)", o.Depth, o.MaxStates, o.Jobs)
	}
	for _, f := range o.files {
		if format, name, ok := strings.Cut(f, "="); !ok || name == "" || learn.Formats[format] == nil {
			return cli.Usagef("--report %q: it must be FORMAT=FILE, with one of %s", f, names(learn.Formats))
		}
	}
	return o.limits.check()
}

func (o *learnFlags) run(ctx context.Context, role string, args []string, w io.Writer) error {
	o.Time = time.Duration(o.time)
	if cli.Shows(o.progress, os.Stderr) {
		o.Tell = func(text string) { fmt.Fprint(os.Stderr, cli.EraseLine, text) }
	}
	subject := &learn.Subject{Command: args, Idle: time.Duration(o.idle), Limits: o.limits.limits(), Env: o.limits.env, Sandbox: o.limits.sandbox}
	m, err := learn.Learn(ctx, subject, conform.Table(role), o.Options)
	if o.Tell != nil {
		io.WriteString(os.Stderr, cli.EraseLine)
	}
	if errors.Is(err, learn.ErrNotStarted) && m.Machine == nil {
		return fmt.Errorf("%w: %w", conform.ErrNotStarted, err)
	}
	if n, ok := errors.AsType[*learn.NondeterministicError](err); ok {
		fmt.Fprintf(w, "once:\n%s\n\nand once:\n%s\n\n", strings.Join(n.First, "\n"), strings.Join(n.Second, "\n"))
	}
	if ctx.Err() != nil {
		err = errors.New("interrupted: this is not all")
	}
	if m.Machine == nil {
		return err
	}
	if err := errors.Join(err, o.write(m), tellModel(w, m)); err != nil {
		return err
	}
	if n := len(m.Differences); n > 0 {
		return fmt.Errorf("it is not what the table says, in %s", english.Plural(n, "place", ""))
	}
	return nil
}

func (o *learnFlags) write(m *learn.Model) error {
	for _, f := range o.files {
		format, name, _ := strings.Cut(f, "=")
		var b bytes.Buffer
		if err := learn.Formats[format](&b, m); err != nil {
			return err
		}
		if err := os.WriteFile(name, b.Bytes(), 0o666); err != nil {
			return err
		}
	}
	if o.asTable == "" {
		return nil
	}
	t := m.AsTable()
	return os.WriteFile(o.asTable, []byte(diagram.JSON(&t)), 0o666)
}

// tellModel says what was learned to people.
func tellModel(w io.Writer, m *learn.Model) error {
	var b bytes.Buffer
	for i, d := range m.Differences {
		fmt.Fprintf(&b, "%d. %s\n", i+1, d.Sentence)
		if len(d.Word) > 0 {
			fmt.Fprintf(&b, "   inputs  %s\n", strings.Join(d.Word, ", "))
		}
		if d.Claim != "" {
			fmt.Fprintf(&b, "   claim   %s\n", d.Claim)
		}
		for _, line := range d.Transcript {
			fmt.Fprintf(&b, "   %s\n", line)
		}
		b.WriteString("\n")
	}
	fmt.Fprintf(&b, "%s\n%s\n", m.Summary(), m.Trust())
	_, err := w.Write(b.Bytes())
	return err
}

func names[T any](m map[string]T) string {
	return strings.Join(slices.Sorted(maps.Keys(m)), ", ")
}
