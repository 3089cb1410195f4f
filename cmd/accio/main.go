// Command accio is the toolbox around the protocol.
package main

import (
	"os"

	"accio/internal/cli"

	"github.com/spf13/cobra"
)

func main() {
	if status := run(os.Args[1:]); status != cli.OK {
		os.Exit(status)
	}
}

func run(args []string) int {
	root := newRoot()
	root.SetArgs(args)
	return cli.Status(os.Stderr, root.Execute(), "see accio --help")
}

func newRoot() *cobra.Command {
	root := &cobra.Command{
		Use:           "accio",
		Short:         "Tools around the Accio protocol",
		SilenceErrors: true,
		SilenceUsage:  true,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) > 0 {
				return cli.Usagef("there is no command %q", args[0])
			}
			return nil
		},
		RunE: func(c *cobra.Command, _ []string) error { return c.Help() },
	}
	root.SetFlagErrorFunc(func(_ *cobra.Command, err error) error { return cli.Usagef("%v", err) })
	root.AddCommand(newDiagram())
	return root
}
