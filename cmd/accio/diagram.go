package main

import (
	"io"
	"maps"
	"slices"
	"strings"

	"accio/docs"
	"accio/fsm"
	"accio/internal/cli"
	"accio/internal/diagram"

	"github.com/spf13/cobra"
)

// drawings are the formats of a table.
var drawings = map[string]func(*fsm.Table) string{
	"mermaid": diagram.Mermaid,
	"dot":     diagram.DOT,
	"svg":     picture,
	"table":   diagram.Table,
	"json":    diagram.JSON,
}

// picture returns the picture as it was drawn by "go generate ./...", as
// drawing it needs Graphviz.
func picture(t *fsm.Table) string {
	if t == &fsm.Client {
		return docs.Client
	}
	return docs.Server
}

func newDiagram() *cobra.Command {
	var format, role string
	tables := map[string]*fsm.Table{fsm.Server.Role: &fsm.Server, fsm.Client.Role: &fsm.Client}
	c := &cobra.Command{
		Use:   "diagram",
		Short: "Draw the states of the server or of the client",
		Long: `diagram writes the transition table of the server or of the client on standard
output, drawn from the table that the programs run:

  table     plain text, for terminals and screen readers
  mermaid   a state diagram for GitHub and other renderers of Mermaid
  dot       the same for Graphviz
  svg       a picture, light or dark as its reader prefers
  json      for programs that draw it themselves`,
		Example: `  accio diagram
  accio diagram --role client --format svg >client.svg
  accio diagram --format dot | dot -Tpdf >server.pdf`,
		Args: arguments(0),
		RunE: func(c *cobra.Command, _ []string) error {
			draw, table := drawings[format], tables[role]
			switch {
			case draw == nil:
				return cli.Usagef("--format %q is none of %s", format, names(drawings))
			case table == nil:
				return cli.Usagef("--role %q is none of %s", role, names(tables))
			}
			_, err := io.WriteString(c.OutOrStdout(), draw(table))
			return err
		},
	}
	c.Flags().StringVar(&format, "format", "table", names(drawings))
	c.Flags().StringVar(&role, "role", fsm.Server.Role, names(tables))
	return c
}

func names[T any](m map[string]T) string {
	return strings.Join(slices.Sorted(maps.Keys(m)), ", ")
}
