// Package share reads I/N: every Nth of a list, from the Ith on.
package share

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
)

// Share is a part of a list. The zero value is all of it.
type Share struct{ first, every int }

// Parse reads I/N, with I from 1 to N. Empty is all.
func Parse(text string) (Share, error) {
	if text == "" {
		return Share{}, nil
	}
	i, n, _ := strings.Cut(text, "/")
	first, err := strconv.Atoi(i)
	every, err2 := strconv.Atoi(n)
	if errors.Join(err, err2) != nil || first < 1 || first > every {
		return Share{}, fmt.Errorf("%q: %w", text, errShare)
	}
	return Share{first - 1, every}, nil
}

var errShare = errors.New("it must be I/N with I from 1 to N, for example 2/3")

// Has reports whether what stands at place i, from 0, is of the share.
func (s Share) Has(i int) bool { return s.every == 0 || i%s.every == s.first }

// Of returns how many of n things are.
func (s Share) Of(n int) int {
	if s.every == 0 {
		return n
	}
	return (n - s.first + s.every - 1) / s.every
}

// Set implements pflag.Value.
func (s *Share) Set(text string) error {
	part, err := Parse(text)
	if err != nil {
		return errShare // whoever says that says the text too
	}
	*s = part
	return nil
}

func (s *Share) String() string {
	if s.every == 0 {
		return ""
	}
	return fmt.Sprintf("%d/%d", s.first+1, s.every)
}

// Type implements pflag.Value.
func (*Share) Type() string { return "I/N" }
