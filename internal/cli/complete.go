package cli

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/spf13/pflag"
)

// What a shell may do beside what it is told, in cobra's protocol of completion:
// the last line of an answer, after a colon.
const (
	completeFiles       = 0
	completeOn          = 2 // what is to follow has no blank before it
	completeNothing     = 4
	completeDirectories = 16
)

// complete answers a shell as cobra's programs do, so that cobra's scripts for shells
// serve ours too: a line for each word that may stand in the place of the last of
// args, which may have begun, with a tab and what it means. The arguments that are no
// flags are those of the line "usage:" in help.
func complete(flags *pflag.FlagSet, args []string, help string) string {
	if len(args) == 0 {
		args = []string{""}
	}
	before, last := args[:len(args)-1], args[len(args)-1]
	given, valued, arguments, ended := typed(flags, before)
	switch {
	case valued != nil:
		return answer(Values(valued, last))
	case !ended && strings.HasPrefix(last, "--") && strings.Contains(last, "="):
		name, begun, _ := strings.Cut(last[2:], "=")
		if f := flags.Lookup(name); f != nil && !f.Hidden {
			return answer(Values(f, begun))
		}
		return answer(nil, completeNothing)
	case !ended && strings.HasPrefix(last, "-"):
		return completeFlags(flags, last, given)
	}
	names := argument.FindAllStringSubmatch(usage.FindString(help), -1)
	if arguments < len(names) && names[arguments][1] == "FILE" {
		return answer(nil, completeFiles)
	}
	return answer(nil, completeNothing)
}

var (
	usage    = regexp.MustCompile(`(?m)^usage: .*$`)
	argument = regexp.MustCompile(`<([A-Z]+)>`)
)

// typed tells of the words before the one to complete: which flags they give, which
// flag waits for its value, how many arguments there are, and whether -- ended the
// flags.
func typed(flags *pflag.FlagSet, words []string) (given []string, valued *pflag.Flag, arguments int, ended bool) {
	for _, word := range words {
		switch {
		case valued != nil:
			valued = nil
		case ended || word == "-" || !strings.HasPrefix(word, "-"):
			arguments++
		case word == "--":
			ended = true
		default:
			name, _, whole := strings.Cut(strings.TrimLeft(word, "-"), "=")
			f := flags.Lookup(name)
			if !strings.HasPrefix(word, "--") {
				f = flags.ShorthandLookup(word[len(word)-1:])
			}
			if f == nil {
				continue
			}
			given = append(given, f.Name)
			if !whole && f.NoOptDefVal == "" {
				valued = f
			}
		}
	}
	return given, valued, arguments, ended
}

// completeFlags lists the flags that begin so and were not given yet.
func completeFlags(flags *pflag.FlagSet, begun string, given []string) string {
	var lines []string
	for _, f := range Flags(flags) {
		if slices.Contains(given, f.Name) {
			continue
		}
		words := []string{"--" + f.Name}
		if f.Short != "" {
			words = append(words, "-"+f.Short)
		}
		for _, word := range words {
			if strings.HasPrefix(word, begun) {
				lines = append(lines, word+"\t"+f.Usage)
			}
		}
	}
	return answer(lines, completeNothing)
}

// Values lists the words that the value of a flag may be, or begin with: those in lower case
// of a type such as "text|json" or "N|max", or those of [Formats]. It says what a shell may do
// beside that.
func Values(f *pflag.Flag, begun string) (words []string, directive int) {
	switch name, _ := pflag.UnquoteUsage(f); {
	case name == "FORMAT=FILE" && !strings.Contains(begun, "="):
		words, directive = slices.Clone(f.Annotations[formats]), completeOn|completeNothing
	case strings.HasSuffix(name, "FILE"), name == "PATH":
		return nil, completeFiles
	case name == "DIR":
		return nil, completeDirectories
	default:
		directive = completeNothing
		if all := strings.Split(f.Value.Type(), "|"); len(all) > 1 {
			words = all
		}
	}
	return slices.DeleteFunc(words, func(word string) bool {
		return word != strings.ToLower(word) || !strings.HasPrefix(word, begun)
	}), directive
}

// formats is the annotation of a flag whose value is FORMAT=FILE.
const formats = "accio_formats"

// Formats says which formats there are for such a flag.
func Formats(flags *pflag.FlagSet, name string, among ...string) {
	for i, format := range among {
		among[i] = format + "="
	}
	flags.SetAnnotation(name, formats, among)
}

func answer(lines []string, directive int) string {
	return strings.Join(append(lines, fmt.Sprintf(":%d", directive)), "\n") + "\n"
}
