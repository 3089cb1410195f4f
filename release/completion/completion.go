// Package completion makes the scripts that let shells complete the command lines of
// programs. They are cobra's, and ask the program itself each time (its first argument
// is then [cli.CompleteWord]), so that they never know other flags than it does.
package completion

import (
	"bytes"
	"fmt"

	"github.com/spf13/cobra"
)

// Scripts are those of a program.
type Scripts struct{ Bash, Zsh, Fish []byte }

// For makes the scripts of the named program.
func For(program string) (Scripts, error) {
	var bash, zsh, fish bytes.Buffer
	c := &cobra.Command{Use: program}
	if err := c.GenBashCompletionV2(&bash, true); err != nil {
		return Scripts{}, fmt.Errorf("bash: %w", err)
	}
	if err := c.GenZshCompletion(&zsh); err != nil {
		return Scripts{}, fmt.Errorf("zsh: %w", err)
	}
	if err := c.GenFishCompletion(&fish, true); err != nil {
		return Scripts{}, fmt.Errorf("fish: %w", err)
	}
	return Scripts{bash.Bytes(), zsh.Bytes(), fish.Bytes()}, nil
}
