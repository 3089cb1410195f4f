package cli

import (
	"errors"
	"regexp"
)

// Name is the value of a flag that names something among others of its kind; the zero
// value is none.
type Name string

var names = regexp.MustCompile(`^[A-Za-z0-9._-]{1,64}$`)

// Set implements pflag.Value.
func (n *Name) Set(text string) error {
	if !names.MatchString(text) {
		return errors.New("it must be 1 to 64 letters of ASCII, digits, dots, underscores and hyphens, for example rack1-3")
	}
	*n = Name(text)
	return nil
}

// String implements pflag.Value.
func (n *Name) String() string { return string(*n) }

// Type implements pflag.Value.
func (*Name) Type() string { return "name" }
