package cli

import (
	"errors"

	"github.com/dustin/go-humanize"
)

// Size is the value of a flag that is a number of bytes; zero is none.
type Size int64

// most is more than anybody means.
const most = 1 << 50

// Set implements pflag.Value; it takes a number, with a unit or without.
func (s *Size) Set(text string) error {
	n, err := humanize.ParseBytes(text)
	_, small := humanize.ParseBytes(digits.ReplaceAllString(text, "1"))
	switch {
	case n > most, err != nil && small == nil:
		return errors.New("it must be at most 1PiB")
	case err != nil || n == 0:
		return errors.New("it must be a number of bytes from 1 on, for example 1000 or 64MiB")
	default:
		*s = Size(n)
		return nil
	}
}

// String implements pflag.Value; none is the empty text.
func (s *Size) String() string {
	if *s == 0 {
		return ""
	}
	return humanize.IBytes(uint64(*s))
}

// Type implements pflag.Value.
func (*Size) Type() string { return "size" }
