// Package port has the ports of programs under test.
package port

import (
	"errors"
	"fmt"
)

// ErrNone is returned where no free port was found.
var ErrNone = errors.New("no port is free")

// attempts is how many ports are tried, of which hardly one in a hundred is taken.
const attempts = 1000

// Reserve returns a TCP port that nobody has, and that nobody else who asks here gets
// until release is called.
func Reserve() (n int, release func(), err error) {
	for range attempts {
		n, err := candidate()
		if err != nil {
			return 0, nil, fmt.Errorf("%w: %w", ErrNone, err)
		}
		if release, ok := lock(n); ok {
			if unused(n) {
				return n, release, nil
			}
			release()
		}
	}
	return 0, nil, ErrNone
}
