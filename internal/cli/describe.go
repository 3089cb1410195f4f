package cli

import (
	"encoding/json"
	"fmt"
	"regexp"
	"strings"

	"github.com/spf13/pflag"
)

// Words that ask a program about its command line, each as the first argument. They
// are for those who make manual pages and for shells; no help names them.
const (
	DescribeWord = "__describe" // prints a [Description] as JSON
	CompleteWord = "__complete" // prints what may stand in the place of the last argument
)

// Description is what a program, or a command of one, says of its command line.
type Description struct {
	Name     string // what is typed to get there, such as "accio conform server"
	Short    string // in a few words
	Help     string // as --help prints it, without the flags
	Flags    []Flag
	Commands []Description
}

// Flag is a flag as --help shows it.
type Flag struct {
	Name, Short string // Short may be empty
	Value       string // what its value is called; empty: it has none
	Default     string // empty: none that is worth a word
	Usage       string
}

// JSON is how [DescribeWord] prints it.
func (d Description) JSON() string {
	text, err := json.MarshalIndent(d, "", "\t")
	if err != nil {
		panic(err) // strings only
	}
	return string(text) + "\n"
}

// Flags returns those flags that are not hidden.
func Flags(flags *pflag.FlagSet) (all []Flag) {
	flags.VisitAll(func(f *pflag.Flag) {
		if f.Hidden {
			return
		}
		value, usage := pflag.UnquoteUsage(f)
		all = append(all, Flag{Name: f.Name, Short: f.Shorthand, Value: value, Default: byDefault(f), Usage: usage})
	})
	return all
}

// byDefault is the default that pflag prints, which says nothing of what means none.
func byDefault(f *pflag.Flag) string {
	switch f.DefValue {
	case "", "0", "0s", "false", "[]", "<nil>":
		return ""
	}
	return strings.Trim(f.DefValue, "[]")
}

var sentenceEnd = regexp.MustCompile(`[,;.]\s`)

// tellMakers answers the words above for a program without commands; the first
// sentence of its help begins with its name.
func tellMakers(flags *pflag.FlagSet, args []string, name, help string) (text string, ok bool) {
	if len(args) == 0 {
		return "", false
	}
	help = fmt.Sprintf(help, "")
	switch args[0] {
	case DescribeWord:
		short := sentenceEnd.Split(strings.TrimPrefix(help, name+" "), 2)[0]
		return Description{Name: name, Short: short, Help: help, Flags: Flags(flags)}.JSON(), true
	case CompleteWord:
		return complete(flags, args[1:], help), true
	}
	return "", false
}
