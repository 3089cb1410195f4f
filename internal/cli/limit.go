package cli

import (
	"errors"
	"fmt"
	"math"
	"regexp"
	"strings"
	"time"
)

// Limit is the value of a flag that bounds a time.
type Limit time.Duration

var (
	digits = regexp.MustCompile(`[0-9]+`) // where these alone are wrong, they are too many
	bare   = regexp.MustCompile(`^([0-9]+[.]?[0-9]*|[.][0-9]+)$`)
)

// Set implements pflag.Value; it refuses a limit that makes no sense.
func (l *Limit) Set(text string) error {
	d, err := time.ParseDuration(text)
	if err != nil || d <= 0 {
		hint := ""
		switch small, err2 := time.ParseDuration(digits.ReplaceAllString(text, "1")); {
		case err != nil && err2 == nil && small > 0:
			return fmt.Errorf("it must be at most %dh", time.Duration(math.MaxInt64)/time.Hour)
		case bare.MatchString(text) && strings.Trim(text, "0.") != "":
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
