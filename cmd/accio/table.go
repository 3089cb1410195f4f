package main

import (
	"bytes"
	"fmt"
	"os"

	"accio/fsm"
	"accio/internal/cli"
	"accio/protocol"

	"github.com/spf13/pflag"
)

// roles are the tables that the programs run.
var roles = map[string]*fsm.Table{protocol.Server.Role: &protocol.Server, protocol.Client.Role: &protocol.Client}

// tableFlags adds --role, and --table for a table of the user's own. The returned
// function returns what was chosen.
func tableFlags(flags *pflag.FlagSet) func() (*fsm.Table, error) {
	var role string
	cli.Choice(flags, &role, "role", "whose table", protocol.Server.Role, protocol.Client.Role)
	own := ownFlag(flags)
	return func() (*fsm.Table, error) {
		if flags.Changed("role") && flags.Changed("table") {
			return nil, cli.Usagef("--role chooses one of our tables, --table one of yours; give one of them")
		}
		if table, err := own(); table != nil || err != nil {
			return table, err
		}
		return roles[role], nil
	}
}

// ownFlag adds --table to the flags of a command. The returned function returns
// the table, or nil if there is none.
func ownFlag(flags *pflag.FlagSet) func() (*fsm.Table, error) {
	file := flags.String("table", "", "use the table in this JSON `FILE` (docs/table-json.md)")
	return func() (*fsm.Table, error) {
		if !flags.Changed("table") {
			return nil, nil
		}
		return readTable(*file)
	}
}

// readTable returns the table of a file, if it can be run.
func readTable(file string) (*fsm.Table, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	table, err := fsm.ReadTable(bytes.NewReader(text))
	if err == nil {
		err = table.Validate()
	}
	if err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	return table, nil
}
