// Generate writes docs/state-diagram.md to the file that it is given.
package main

import (
	"fmt"
	"os"

	"accio/internal/diagram"
)

func main() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "usage: generate FILE")
		os.Exit(2)
	}
	if err := write(os.Args[1]); err != nil {
		fmt.Fprintln(os.Stderr, "generate:", err)
		os.Exit(1)
	}
}

func write(file string) error {
	page, err := diagram.Page()
	if err != nil {
		return err
	}
	return os.WriteFile(file, []byte(page), 0o644)
}
