// Generate draws the charts of a document anew that it is given.
package main

import (
	"fmt"
	"os"

	"accio/model"
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
	old, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	text, err := model.Embed(string(old))
	if err != nil {
		return fmt.Errorf("%s: %w", file, err)
	}
	return os.WriteFile(file, []byte(text), 0o644)
}
