package cli

import (
	"errors"
	"fmt"
	"math"
	"strconv"

	"github.com/spf13/pflag"
)

// Max is what the word max stands for in a flag of [Count].
const Max = math.MaxInt

// count is the value of a flag that is a number of things, 1 or more.
type count struct {
	n    *int
	most string // the word that may stand for Max; may be empty
}

// Count adds a flag that is a whole number from 1 on; most, if it is not empty, is a
// word that stands for as many as there can be.
func Count(flags *pflag.FlagSet, n *int, name, short, usage, most string) {
	flags.VarP(&count{n, most}, name, short, usage)
}

// Set implements pflag.Value.
func (c *count) Set(text string) error {
	if c.most != "" && text == c.most {
		*c.n = Max
		return nil
	}
	n, err := strconv.ParseUint(text, 10, strconv.IntSize-1)
	if errors.Is(err, strconv.ErrRange) {
		return fmt.Errorf("it must be at most %d", math.MaxInt)
	}
	if err != nil || n == 0 {
		if c.most != "" {
			return fmt.Errorf("it must be a whole number from 1 on, or %s", c.most)
		}
		return fmt.Errorf("it must be a whole number from 1 on")
	}
	*c.n = int(n)
	return nil
}

func (c *count) String() string {
	if *c.n == Max && c.most != "" {
		return c.most
	}
	return strconv.Itoa(*c.n)
}

// Type implements pflag.Value.
func (c *count) Type() string {
	if c.most != "" {
		return "N|" + c.most
	}
	return "N"
}
