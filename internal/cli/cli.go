// Package cli holds what the commands share: how they read their arguments and
// how they fail (docs/protocol.md §6).
package cli

import (
	"fmt"
	"io"
	"os"
	"regexp"
	"runtime"
	"runtime/debug"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/pflag"
	"golang.org/x/term"
)

// UsageError is a wrong command line; its text says what would be right.
type UsageError struct{ Text string }

func (e *UsageError) Error() string { return e.Text }

// Usagef returns a UsageError.
func Usagef(format string, args ...any) error {
	return &UsageError{fmt.Sprintf(format, args...)}
}

// negative is an argument that pflag would take for a flag.
var negative = regexp.MustCompile(`^-[0-9]+$`)

// Parse parses args, flags before, between or after the arguments, and returns
// the arguments. It returns pflag.ErrHelp for --help, and else a *UsageError.
func Parse(flags *pflag.FlagSet, args []string) ([]string, error) {
	flags.SetOutput(io.Discard)
	flags.Usage = func() {}
	for _, a := range args {
		if a == "--" {
			break
		}
		if negative.MatchString(a) {
			return nil, Usagef("%q is neither a flag nor a port, which is a whole number from 1 to 65535", a)
		}
	}
	if err := flags.Parse(args); err != nil {
		if err == pflag.ErrHelp {
			return nil, err
		}
		return nil, &UsageError{err.Error()}
	}
	return flags.Args(), nil
}

// Port parses a TCP port: 1 to 65535 in ASCII decimal digits.
func Port(text string) (int, error) {
	n, err := strconv.ParseUint(text, 10, 16)
	if err != nil || n == 0 {
		return 0, Usagef("port %q is not a whole number from 1 to 65535", text)
	}
	return int(n), nil
}

// Positive refuses a limit that makes no sense.
func Positive(flag string, d time.Duration) error {
	if d <= 0 {
		return Usagef("--%s %s: it must be longer than 0, for example 10s or 1m30s", flag, d)
	}
	return nil
}

// Progress is the value of a --progress flag.
type Progress string

// Set implements pflag.Value.
func (p *Progress) Set(text string) error {
	switch text {
	case "auto", "always", "never":
		*p = Progress(text)
		return nil
	}
	return fmt.Errorf("it must be auto, always or never")
}

func (p *Progress) String() string { return string(*p) }

// Type implements pflag.Value.
func (*Progress) Type() string { return "auto|always|never" }

// On reports whether to show progress on f: with auto, if f is a terminal.
func (p Progress) On(f *os.File) bool {
	return p == "always" || p == "auto" && term.IsTerminal(int(f.Fd()))
}

// Version describes the program by what the toolchain recorded in it.
func Version(name string) string {
	version, revision := "(unknown)", ""
	if info, ok := debug.ReadBuildInfo(); ok {
		version = info.Main.Version
		for _, s := range info.Settings {
			if s.Key == "vcs.revision" && !strings.Contains(version, s.Value[:min(12, len(s.Value))]) {
				revision = " " + s.Value
			}
		}
	}
	return fmt.Sprintf("%s %s%s %s %s/%s", name, version, revision, runtime.Version(), runtime.GOOS, runtime.GOARCH)
}
