// Package port has the ports of programs under test: they come from the system,
// and nobody else who asks here gets the same.
package port

import (
	"errors"
	"net"
)

// ErrNone is returned where the system has no free port.
var ErrNone = errors.New("no port is free")

// Reserve returns a TCP port on which nobody listens, until release is called.
func Reserve() (n int, release func(), err error) {
	for range 100 {
		ln, err := net.Listen("tcp4", "0.0.0.0:0")
		if err != nil {
			return 0, nil, err
		}
		n := ln.Addr().(*net.TCPAddr).Port
		ln.Close()
		if release, ok := lock(n); ok {
			return n, release, nil
		}
	}
	return 0, nil, ErrNone
}
