package main

import (
	"io"

	"accio/diagram"
	"accio/fsm"
	"accio/internal/cli"

	"github.com/spf13/cobra"
)

// drawings are the formats of a table.
var drawings = map[string]func(*fsm.Table) string{
	"mermaid": diagram.Mermaid,
	"dot":     diagram.DOT,
	"svg":     diagram.SVG,
	"table":   diagram.Table,
	"json":    diagram.JSON,
}

func newDiagram() *cobra.Command {
	var format string
	c := &cobra.Command{
		Use:   "diagram",
		Short: "Draw the states of the server, of the client, or of a table in a file",
		Long: `diagram writes the transition table of the server or of the client on standard
output, drawn from the table that the programs run, or one that a file has:

  table     plain text, for terminals and screen readers
  mermaid   a state diagram for GitHub and other renderers of Mermaid
  dot       the same for Graphviz
  svg       a picture, light or dark as its reader prefers
  json      for programs that draw it themselves`,
		Example: `  accio diagram
  accio diagram --role client --format svg >client.svg
  accio diagram --format dot | dot -Tpdf >server.pdf
  accio diagram --table mine.json`,
		Args: arguments(0),
	}
	cli.Choice(c.Flags(), &format, "format", "what to draw", "table", "mermaid", "dot", "svg", "json")
	chosen := tableFlags(c.Flags())
	c.RunE = func(c *cobra.Command, _ []string) error {
		table, err := chosen()
		if err != nil {
			return err
		}
		io.WriteString(c.OutOrStdout(), drawings[format](table))
		return nil
	}
	return c
}
