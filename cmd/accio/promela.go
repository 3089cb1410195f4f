package main

import (
	"fmt"
	"strings"

	"accio/internal/cli"
	"accio/model"
	"accio/protocol"

	"github.com/spf13/cobra"
)

func promela() *cobra.Command {
	var queue int
	c := &cobra.Command{
		Use:   "promela [MODEL]",
		Short: "Print a model in Promela, the language of SPIN",
		Long: `Prints a model of the tables, with every claim as an ltl block. MODEL is server
(the default), chaos, pair, faults, eager, published, hasty, queue, crowd or hogged;
of a table of your own, server or chaos.

  accio promela >model.pml
  spin -search -ltl one_line model.pml`,
	}
	own := ownFlag(c.Flags())
	c.Flags().IntVar(&queue, "clients", 3, fmt.Sprintf("how many clients the queue has, at most %d", most))
	c.RunE = func(c *cobra.Command, args []string) error {
		if len(args) > 1 {
			return cli.Usagef("accio promela wants at most one model, got %d: %q", len(args), args)
		}
		if queue < 1 || queue > most {
			return cli.Usagef("--clients %d: it must be 1 to %d", queue, most)
		}
		name := "server"
		if len(args) > 0 {
			name = args[0]
		}
		if name != "queue" && c.Flags().Changed("clients") {
			return cli.Usagef("--clients goes with queue, not with %s", name)
		}
		table, err := own()
		if err != nil {
			return err
		}
		studies := model.Levels(&protocol.Server, &protocol.Client, queue)
		if table != nil {
			if studies, err = model.Alone(table); err != nil {
				return err
			}
		}
		var known []string
		for _, study := range studies {
			known = append(known, study.Name)
			if study.Name == name {
				for _, m := range study.Program.Maps {
					m.Loaded = false // the file stands for itself
				}
				fmt.Fprint(c.OutOrStdout(), study.Program.Promela())
				return nil
			}
		}
		return cli.Usagef("no such model: %q; wanted one of %s", name, strings.Join(known, ", "))
	}
	return c
}
