package cli

import (
	"errors"
	"strconv"
	"time"
)

// Limit is the value of a flag that bounds a time.
type Limit time.Duration

// Set implements pflag.Value; it refuses a limit that makes no sense.
func (l *Limit) Set(text string) error {
	d, err := time.ParseDuration(text)
	if err != nil || d <= 0 {
		hint := ""
		if n, err := strconv.ParseFloat(text, 64); err == nil && n > 0 {
			hint = "the unit is missing; "
		}
		return errors.New(hint + "it must be a time longer than 0, for example 10s or 1m30s")
	}
	*l = Limit(d)
	return nil
}

// String implements pflag.Value; no limit is the empty text.
func (l Limit) String() string {
	if l == 0 {
		return ""
	}
	return time.Duration(l).String()
}

// Type implements pflag.Value.
func (*Limit) Type() string { return "duration" }
