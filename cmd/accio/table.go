package main

import (
	"fmt"
	"os"

	"accio/fsm"

	"github.com/spf13/pflag"
)

// tableFlag adds --table to the flags of a command. The returned function
// returns the table of the file, or nil if the flag was not given.
func tableFlag(flags *pflag.FlagSet) func() (*fsm.Table, error) {
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
	f, err := os.Open(file)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	table, err := fsm.ReadTable(f)
	if err == nil {
		err = table.Validate()
	}
	if err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	return table, nil
}
