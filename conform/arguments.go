package conform

import "strings"

// Arguments puts values in the places of their names, which alternate; a command
// that has none of these gets the values at its end.
func Arguments(command []string, pairs ...string) (args []string) {
	replaced := strings.NewReplacer(pairs...)
	any := false
	for _, arg := range command {
		args = append(args, replaced.Replace(arg))
		any = any || args[len(args)-1] != arg
	}
	for i := 1; i < len(pairs) && !any; i += 2 {
		args = append(args, pairs[i])
	}
	return args
}
