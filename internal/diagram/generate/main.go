// Generate writes the state diagrams into the documents it is given:
// docs/state-diagram.md whole, and the server's diagram into README.md.
package main

import (
	"fmt"
	"os"

	"accio/internal/diagram"
)

func main() {
	if len(os.Args) != 3 {
		fmt.Fprintln(os.Stderr, "usage: generate STATE-DIAGRAM README")
		os.Exit(2)
	}
	if err := write(os.Args[1], os.Args[2]); err != nil {
		fmt.Fprintln(os.Stderr, "generate:", err)
		os.Exit(1)
	}
}

func write(page, readme string) error {
	text, err := diagram.Page()
	if err != nil {
		return err
	}
	if err := os.WriteFile(page, []byte(text), 0o644); err != nil {
		return err
	}
	old, err := os.ReadFile(readme)
	if err != nil {
		return err
	}
	if text, err = diagram.Readme(string(old)); err != nil {
		return fmt.Errorf("%s: %w", readme, err)
	}
	return os.WriteFile(readme, []byte(text), 0o644)
}
