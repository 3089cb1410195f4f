// Command accio is the toolbox of the protocol: it checks the tables, and
// exports them for other checkers, draws them, checks traces, and tests anybody's
// server and client, and speaks to a running server.
package main

import (
	"errors"
	"io"
	"os"
	"strings"

	"accio/conform"
	"accio/internal/cli"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

func main() {
	if status := run(os.Args[1:]); status != cli.OK {
		os.Exit(status)
	}
}

// commands are the sub-commands, in the order of the help.
var commands = []func() *cobra.Command{check, newExplore, newDiagram, promela, newTrace, newConform, newLearn, newCtl}

func run(args []string) int {
	root := &cobra.Command{
		Use:           "accio",
		Short:         "Tools for the Accio protocol",
		Version:       cli.Version("accio"),
		SilenceErrors: true,
		SilenceUsage:  true,
		Args:          arguments(0),
		RunE:          func(*cobra.Command, []string) error { return cli.Usagef("which command?") },
	}
	root.SetVersionTemplate("{{.Version}}\n")
	root.CompletionOptions.DisableDefaultCmd = true
	root.SetFlagErrorFunc(func(_ *cobra.Command, err error) error { return cli.FlagError(err) })
	for _, command := range commands {
		root.AddCommand(command())
	}
	completeFlags(root)
	root.AddCommand(newDescribe())
	root.SetHelpCommand(&cobra.Command{
		Use:   "help [command]",
		Short: "Say what a command does",
		RunE: func(c *cobra.Command, args []string) error {
			about, left, err := root.Find(args)
			if err != nil || len(left) > 0 {
				return cli.Usagef("no such command: %q", strings.Join(args, " "))
			}
			return about.Help()
		},
	})
	root.SetArgs(args)
	out := &keeper{out: os.Stdout}
	root.SetOut(out)
	c, err := root.ExecuteC()
	if err == nil {
		err = out.err
	}
	status := cli.Status(os.Stderr, err, "usage: "+useLine(c)+"; see "+c.CommandPath()+" --help")
	if errors.Is(err, conform.ErrNotStarted) {
		return notStarted
	}
	return status
}

// useLine is how a command is called.
func useLine(c *cobra.Command) string {
	if c.HasAvailableSubCommands() {
		return c.CommandPath() + " <command> [flags]"
	}
	return c.UseLine()
}

// completeFlags lets shells complete the values of flags.
func completeFlags(c *cobra.Command) {
	c.Flags().VisitAll(func(f *pflag.Flag) {
		c.RegisterFlagCompletionFunc(f.Name, func(_ *cobra.Command, _ []string, begun string) ([]string, cobra.ShellCompDirective) {
			words, directive := cli.Values(f, begun)
			return words, cobra.ShellCompDirective(directive)
		})
	})
	for _, sub := range c.Commands() {
		completeFlags(sub)
	}
}

// keeper keeps the first error of its writes, so that no output is lost unsaid.
type keeper struct {
	out io.Writer
	err error
}

func (k *keeper) Write(p []byte) (int, error) {
	n, err := k.out.Write(p)
	if k.err == nil {
		k.err = err
	}
	return n, err
}

// arguments wants exactly n of them.
func arguments(n int) cobra.PositionalArgs {
	return func(c *cobra.Command, args []string) error {
		if len(args) == n {
			return nil
		}
		if c.HasSubCommands() {
			return cli.Usagef("no such command: %q", args[0])
		}
		return cli.Usagef("accio %s wants %d arguments, got %d: %q", c.Name(), n, len(args), args)
	}
}
