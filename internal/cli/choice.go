package cli

import (
	"fmt"
	"os"
	"slices"
	"strings"

	"github.com/spf13/pflag"
	"golang.org/x/term"
)

// choice is the value of a flag that is one of a few words.
type choice struct {
	word  *string
	among []string
}

// Choice adds a flag that is one of a few words, two or more; word is the first
// of them unless it is given.
func Choice(flags *pflag.FlagSet, word *string, name, usage string, among ...string) {
	*word = among[0]
	flags.Var(&choice{word, among}, name, usage)
}

// Set implements pflag.Value.
func (c *choice) Set(text string) error {
	if !slices.Contains(c.among, text) {
		last := len(c.among) - 1
		return fmt.Errorf("it must be %s or %s", strings.Join(c.among[:last], ", "), c.among[last])
	}
	*c.word = text
	return nil
}

func (c *choice) String() string { return *c.word }

// Type implements pflag.Value.
func (c *choice) Type() string { return strings.Join(c.among, "|") }

// Progress adds the flag --progress.
func Progress(flags *pflag.FlagSet, word *string, usage string) {
	Choice(flags, word, "progress", usage+"; auto: if that is a terminal", "auto", "always", "never")
}

// Shows reports whether --progress asks for progress on f: with auto, if f is a
// terminal.
func Shows(progress string, f *os.File) bool {
	return progress == "always" || progress == "auto" && term.IsTerminal(int(f.Fd()))
}
