// Package cli holds what the commands share: how they read their arguments and
// how they fail (docs/protocol.md §6).
package cli

import (
	"errors"
	"fmt"
	"io"
	"regexp"
	"strconv"

	"github.com/spf13/pflag"
)

// UsageError is a wrong command line; its text says what would be right.
type UsageError struct{ Text string }

func (e *UsageError) Error() string { return e.Text }

// Usagef returns a UsageError.
func Usagef(format string, args ...any) error {
	return &UsageError{fmt.Sprintf(format, args...)}
}

// Parse parses args, flags before, between or after the arguments, and returns
// the arguments. It returns pflag.ErrHelp for --help, and else a *UsageError.
func Parse(flags *pflag.FlagSet, args []string) ([]string, error) {
	flags.SetOutput(io.Discard)
	flags.Usage = func() {}
	err := flags.Parse(args)
	if err == nil {
		return flags.Args(), nil
	}
	if err == pflag.ErrHelp {
		return nil, err
	}
	if e, ok := errors.AsType[*pflag.NotExistError](err); ok && number.MatchString(e.GetSpecifiedShortnames()) {
		return nil, Usagef("%q is neither a flag nor a port, which is a whole number from 1 to 65535", "-"+e.GetSpecifiedShortnames())
	}
	return nil, FlagError(err)
}

// FlagError returns a UsageError for an error of parsing flags.
func FlagError(err error) error {
	e, ok := errors.AsType[*pflag.InvalidValueError](err)
	if !ok {
		return &UsageError{err.Error()}
	}
	f, why := e.GetFlag(), e.Unwrap()
	if f.Value.Type() == "bool" {
		why = fmt.Errorf("it must be true or false, or --%s alone", f.Name)
	}
	name := "--" + f.Name
	if f.Shorthand != "" {
		name = "-" + f.Shorthand + ", " + name
	}
	return Usagef("%s %q: %v", name, e.GetValue(), why)
}

// ParseOrTell parses as Parse does, with the flags --version and --help added.
// If they are given, text is what they ask for: the version of the named
// program, or help, in which the flags take the place of %s. So it is for a first
// argument that is [DescribeWord] or [CompleteWord].
func ParseOrTell(flags *pflag.FlagSet, args []string, name, help string) (arguments []string, text string, err error) {
	version := flags.Bool("version", false, "print the version")
	wanted := flags.BoolP("help", "h", false, "print this help")
	if text, ok := tellMakers(flags, args, name, help); ok {
		return nil, text, nil
	}
	arguments, err = Parse(flags, args)
	switch {
	case *wanted || err == pflag.ErrHelp:
		return nil, fmt.Sprintf(help, "flags:\n"+flags.FlagUsages()), nil
	case err != nil:
		return nil, "", err
	case *version:
		return nil, Version(name) + "\n", nil
	}
	return arguments, "", nil
}

// number is what makes a negative number of a dash.
var number = regexp.MustCompile(`^[0-9]`)

// Port parses a TCP port: 1 to 65535 in ASCII decimal digits.
func Port(text string) (int, error) {
	n, err := strconv.ParseUint(text, 10, 16)
	if err != nil || n == 0 {
		return 0, Usagef("port %q is not a whole number from 1 to 65535", text)
	}
	return int(n), nil
}
