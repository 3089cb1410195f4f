// Generate writes the drawings of the tables into the tree whose root it is
// given: docs/state-diagram.md, the server's picture in README.md, and for each
// table an SVG in docs/.
package main

import (
	"fmt"
	"os"
	"path/filepath"

	"accio/diagram"
	"accio/fsm"
	"accio/protocol"
)

func main() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "usage: generate ROOT")
		os.Exit(2)
	}
	if err := write(os.Args[1]); err != nil {
		fmt.Fprintln(os.Stderr, "generate:", err)
		os.Exit(1)
	}
}

func write(root string) error {
	text, err := page()
	if err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(root, "docs/state-diagram.md"), []byte(text), 0o644); err != nil {
		return err
	}
	for _, t := range []*fsm.Table{&protocol.Server, &protocol.Client} {
		if err := os.WriteFile(filepath.Join(root, file(t)), []byte(diagram.SVG(t)), 0o644); err != nil {
			return err
		}
	}
	name := filepath.Join(root, "README.md")
	old, err := os.ReadFile(name)
	if err != nil {
		return err
	}
	text, err = readme(string(old))
	if err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	return os.WriteFile(name, []byte(text), 0o644)
}
