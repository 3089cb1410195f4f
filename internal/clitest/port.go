package clitest

import (
	"sync"

	"accio/internal/port"
)

// held are the ports that FreePort has given.
var held struct {
	sync.Mutex
	release []func()
}

// FreePort returns a TCP port that nobody has; nobody else who asks here gets it as long
// as this process lives.
func FreePort() (int, error) {
	n, release, err := port.Reserve()
	if err != nil {
		return 0, err
	}
	held.Lock()
	defer held.Unlock()
	held.release = append(held.release, release)
	return n, nil
}
