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

// roleFlag adds --role to the flags of a command. The returned function
// returns the table of that role.
func roleFlag(flags *pflag.FlagSet) func() (*fsm.Table, error) {
	role := flags.String("role", protocol.Server.Role, names(roles))
	return func() (*fsm.Table, error) {
		if table := roles[*role]; table != nil {
			return table, nil
		}
		return nil, cli.Usagef("--role %q is none of %s", *role, names(roles))
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
