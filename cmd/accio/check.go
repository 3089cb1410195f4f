package main

import (
	"fmt"
	"io"
	"text/tabwriter"

	"accio/internal/cli"
	"accio/model"
	"accio/modelcheck"
	"accio/protocol"

	"github.com/spf13/cobra"
)

// How many clients a queue may have, so that its states fill no more than some
// gigabytes: as it is, and up to a renaming of clients.
const (
	most        = 6
	mostReduced = 8
)

func check() *cobra.Command {
	var queue int
	var spin, symmetry, traces bool
	c := &cobra.Command{
		Use:   "check",
		Short: "Check the tables: in their environment, against each other, in a queue",
		Long: `Explores every model of the two tables and decides every claim. A claim that is
known to be false must stay false. With --clients it explores queues of one to
so many clients instead, with --spin each of them in SPIN too, with --symmetry
up to a renaming of clients.

With --table a table of your own is checked in its environment, and in chaos. Of
one with circles, or one that forgives, less is claimed.

exit status: 0 everything is as expected; 1 something is not; 2 wrong command line`,
		Args: arguments(0),
	}
	c.Flags().IntVar(&queue, "clients", 0, fmt.Sprintf("explore queues of 1 to this many clients, at most %d, or %d with --symmetry", most, mostReduced))
	c.Flags().BoolVar(&spin, "spin", false, "explore the queues in SPIN too; needs spin and gcc")
	c.Flags().BoolVar(&symmetry, "symmetry", false, "explore the queues up to a renaming of clients")
	c.Flags().BoolVar(&traces, "traces", false, "print the counterexamples that are expected, too")
	own := ownFlag(c.Flags())
	c.RunE = func(c *cobra.Command, _ []string) error {
		table, err := own()
		asked, limit := c.Flags().Changed("clients"), most
		if symmetry {
			limit = mostReduced
		}
		switch {
		case asked && (queue < 1 || queue > limit):
			return cli.Usagef("--clients %d: it must be 1 to %d", queue, limit)
		case (spin || symmetry) && !asked:
			return cli.Usagef("--spin and --symmetry go with --clients")
		case spin && symmetry:
			return cli.Usagef("--spin does not go with --symmetry, of which SPIN knows nothing")
		case err != nil:
			return err
		case table != nil && asked:
			return cli.Usagef("--clients is about a queue at our server, --table about yours; give one of them")
		case traces && asked:
			return cli.Usagef("--traces does not go with --clients, which prints no counterexample")
		case asked:
			return measure(c.OutOrStdout(), &protocol.Server, queue, spin, symmetry)
		}
		if table != nil {
			studies, err := model.Alone(table)
			if err != nil {
				return err
			}
			return levels(c.OutOrStdout(), studies, modelcheck.Limit{}, traces)
		}
		return levels(c.OutOrStdout(), model.Levels(&protocol.Server, &protocol.Client, 3), modelcheck.Limit{}, traces)
	}
	return c
}

const legend = `Of every run of each model (always, eventually, leads to), or of some run of it (sometimes), under the premises that
stand below the claim. What the models leave out, and what ties them to the program: docs/model-checking.md.

`

// levels prints the report of every study.
func levels(out io.Writer, studies []model.Study, limit modelcheck.Limit, traces bool) error {
	fmt.Fprint(out, legend)
	wrong, claims, violated := 0, 0, 0
	for _, study := range studies {
		n, err := present(out, study, limit, traces)
		if err != nil {
			return err
		}
		wrong += n
		claims += len(study.Program.Claims)
		violated += len(study.False)
	}
	if wrong > 0 {
		return fmt.Errorf("verdicts that are not as expected: %d", wrong)
	}
	fmt.Fprintf(out, "%d claims hold, %d that are known to be false are violated:\nevery verdict is as expected\n", claims-violated, violated)
	return nil
}

// present prints the report of a study, the traces of what is not as expected,
// and returns how many of these there are.
func present(out io.Writer, study model.Study, limit modelcheck.Limit, traces bool) (int, error) {
	r := study.Run(limit)
	if r.Err != nil {
		return 0, fmt.Errorf("%s: %w", study.Title, r.Err)
	}
	fmt.Fprintf(out, "%s\n%d states, %d edges, depth %d\n", study.Title, r.States, r.Edges, r.Depth)
	unexpected := map[int]bool{}
	for _, i := range study.Unexpected(r) {
		unexpected[i] = true
	}
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	for i, v := range r.Verdicts {
		fmt.Fprintf(w, "  %v\t%s\t%s\n", v.Outcome, v.Kind, v.Property)
		notes := v.Premises
		switch {
		case unexpected[i]:
			notes = append(notes, "UNEXPECTED")
		case v.Outcome == modelcheck.Violated:
			notes = append(notes, "as expected: "+study.False[study.Program.Claims[i].Name])
		}
		for _, note := range notes {
			fmt.Fprintf(w, "\t\t  %s\n", note)
		}
	}
	w.Flush()
	for i, v := range r.Verdicts {
		if v.Trace != nil && (unexpected[i] || traces && v.Outcome == modelcheck.Violated) {
			fmt.Fprintf(out, "\n%v", v.Trace)
		}
	}
	fmt.Fprintln(out)
	return len(unexpected), nil
}
