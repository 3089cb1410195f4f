package main

import (
	"io"
	"slices"
	"strings"

	"accio/internal/cli"

	"github.com/spf13/cobra"
)

// newDescribe prints what the commands are, for those who make manual pages of them.
func newDescribe() *cobra.Command {
	return &cobra.Command{
		Use:    cli.DescribeWord,
		Hidden: true,
		Args:   arguments(0),
		RunE: func(c *cobra.Command, _ []string) error {
			_, err := io.WriteString(c.OutOrStdout(), describe(c.Root()).JSON())
			return err
		},
	}
}

// describe describes a command, and those under it that are not hidden.
func describe(c *cobra.Command) cli.Description {
	c.InitDefaultHelpFlag()
	c.InitDefaultVersionFlag()
	help := []string{c.Long, "usage: " + useLine(c)}
	if c.Long == "" {
		help[0] = c.Short + "."
	}
	if c.HasExample() {
		help = append(help, "examples:\n"+c.Example)
	}
	// The exit status stands after the examples, as in the other programs' help.
	if long, status, ok := strings.Cut(help[0], "\n\nexit status: "); ok {
		help[0] = long
		help = append(help, "exit status: "+status)
	}
	d := cli.Description{Name: c.CommandPath(), Short: c.Short, Help: strings.Join(help, "\n\n") + "\n", Flags: cli.Flags(c.Flags())}
	for _, sub := range c.Commands() {
		if !sub.Hidden {
			d.Commands = append(d.Commands, describe(sub))
		}
	}
	slices.SortFunc(d.Commands, func(a, b cli.Description) int { return strings.Compare(a.Name, b.Name) })
	return d
}
