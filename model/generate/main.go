// Generate draws the charts of docs/model-checking.md anew, and writes the
// counterexample that the live page plays.
package main

import (
	"fmt"
	"os"

	"accio/model"
)

func main() {
	if len(os.Args) != 3 {
		fmt.Fprintln(os.Stderr, "usage: generate DOCUMENT STORY")
		os.Exit(2)
	}
	if err := write(os.Args[1], os.Args[2]); err != nil {
		fmt.Fprintln(os.Stderr, "generate:", err)
		os.Exit(1)
	}
}

func write(file, story string) error {
	old, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	text, err := model.Embed(string(old))
	if err != nil {
		return fmt.Errorf("%s: %w", file, err)
	}
	if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
		return err
	}
	played, err := model.Story()
	if err != nil {
		return err
	}
	return os.WriteFile(story, played, 0o644)
}
