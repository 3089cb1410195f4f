package cli

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/spf13/pflag"
)

// A port is 1 to 65535 in ASCII decimal digits (docs/protocol.md §6.2).
func TestPort(t *testing.T) {
	for text, want := range map[string]int{"1": 1, "5000": 5000, "65535": 65535, "0080": 80} {
		if got, err := Port(text); got != want || err != nil {
			t.Errorf("%q: %d, %v", text, got, err)
		}
	}
	for _, text := range []string{
		"", "0", "00", "-1", "+5000", "65536", "99999999999999999999", "abc", "50x", "x50", "5000.5", "5e3",
		"0x1388", "0b1", "5_000", "5,000", " 5000", "5000 ", "5000\n", "5000\x00", "٥٠٠٠", "５０００", "½", "http",
	} {
		_, err := Port(text)
		if _, usage := errors.AsType[*UsageError](err); !usage {
			t.Errorf("%q: %v", text, err)
			continue
		}
		if want := fmt.Sprintf("port %q is not a whole number from 1 to 65535", text); err.Error() != want {
			t.Errorf("%q: %v", text, err)
		}
	}
}

// A limit that makes no sense is a wrong command line (docs/protocol.md §6.2).
func TestLimit(t *testing.T) {
	for text, want := range map[string]time.Duration{"10s": 10 * time.Second, "1ns": 1, "1h1m": 61 * time.Minute, "0.5s": time.Second / 2} {
		var l Limit
		if err := l.Set(text); time.Duration(l) != want || err != nil {
			t.Errorf("%q: %s, %v", text, l, err)
		}
	}
	for _, text := range []string{"", "0", "0s", "-0", "-1s", "10", "s", "junk", "1 s", "inf", "0x10", ".", "-300000000000h", "0.1ns"} {
		l := Limit(7)
		err := l.Set(text)
		if err == nil || !strings.Contains(err.Error(), "longer than 0, for example 10s") || l != 7 {
			t.Errorf("%q: %s, %v", text, l, err)
			continue
		}
		if missing := strings.HasPrefix(err.Error(), "the unit is missing; "); missing != (text == "10") {
			t.Errorf("%q: %v", text, err)
		}
	}
	for _, text := range []string{"2562048h", "300000000000h", "1h9999999999999999999ns"} {
		l := Limit(7)
		if err := l.Set(text); err == nil || err.Error() != "it must be at most 2562047h" || l != 7 {
			t.Errorf("%q: %s, %v", text, l, err)
		}
	}
}

func flags() *pflag.FlagSet {
	f := pflag.NewFlagSet("test", pflag.ContinueOnError)
	limit := Limit(time.Second)
	f.Var(&limit, "limit", "")
	f.Bool("json", false, "")
	f.BoolP("help", "h", false, "")
	Count(f, new(int), "number", "n", "", "")
	return f
}

// Flags stand before, between or after the arguments.
func TestParse(t *testing.T) {
	for args, want := range map[string]string{
		"":                      "",
		"a b":                   "a b",
		"--limit 2s a b":        "a b",
		"a --limit 2s b":        "a b",
		"a b --limit=2s":        "a b",
		"a -- --limit -1 b":     "a --limit -1 b",
		"-":                     "-",
		"a --json - --limit 5s": "a -",
	} {
		got, err := Parse(flags(), strings.Fields(args))
		if !slices.Equal(got, strings.Fields(want)) || err != nil {
			t.Errorf("%s: %q, %v", args, got, err)
		}
	}
}

// What is wrong is a usage error that says what would be right.
func TestParseErrors(t *testing.T) {
	for args, want := range map[string]string{
		"-1":             `"-1" is neither a flag nor a port, which is a whole number from 1 to 65535`,
		"a -50.5 b":      `"-50.5" is neither a flag nor a port, which is a whole number from 1 to 65535`,
		"--limit -1":     `--limit "-1": it must be a time longer than 0, for example 10s or 1m30s`,
		"--limit 5":      `--limit "5": the unit is missing; it must be a time longer than 0, for example 10s or 1m30s`,
		"--limit 1.5":    `--limit "1.5": the unit is missing; it must be a time longer than 0, for example 10s or 1m30s`,
		"--limit -5":     `--limit "-5": it must be a time longer than 0, for example 10s or 1m30s`,
		"--limit=":       `--limit "": it must be a time longer than 0, for example 10s or 1m30s`,
		"--limit":        `flag needs an argument: --limit`,
		"--json=perhaps": `--json "perhaps": it must be true or false, or --json alone`,
		"-n 0":           `-n, --number "0": it must be a whole number from 1 on`,
		"--junk":         `unknown flag: --junk`,
		"--lim 1s":       `unknown flag: --lim`,
		"a -x":           `unknown shorthand flag: 'x' in -x`,
	} {
		_, err := Parse(flags(), strings.Fields(args))
		if _, usage := errors.AsType[*UsageError](err); !usage || err.Error() != want {
			t.Errorf("%s: %v, wanted %s", args, err, want)
		}
	}
	if _, err := Parse(pflag.NewFlagSet("", pflag.ContinueOnError), []string{"--help"}); err != pflag.ErrHelp {
		t.Errorf("--help: %v", err)
	}
}

// docs/protocol.md §6.2, §6.3: a line that starts with ERROR:, and the exit status.
func TestStatus(t *testing.T) {
	for _, test := range []struct {
		err    error
		status int
		text   string
	}{
		{nil, 0, ""},
		{io.ErrUnexpectedEOF, 1, "ERROR: unexpected EOF\n"},
		{Usagef("bad %d", 1), 2, "ERROR: bad 1\nusage: x\n"},
		{fmt.Errorf("so: %w", Usagef("bad")), 2, "ERROR: so: bad\nusage: x\n"},
	} {
		var w bytes.Buffer
		if got := Status(&w, test.err, "usage: x"); got != test.status || w.String() != test.text {
			t.Errorf("%v: %d, %q", test.err, got, &w)
		}
	}
}
