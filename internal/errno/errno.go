// Package errno tells what an error of the operating system means, where the
// systems have different numbers for it.
package errno

import (
	"errors"
	"syscall"
)

// IsReset reports whether the peer reset the connection.
func IsReset(err error) bool { return isOneOf(err, reset) }

// IsRefused reports whether nobody listens on the port.
func IsRefused(err error) bool { return isOneOf(err, refused) }

// IsInUse reports whether somebody else listens on the port.
func IsInUse(err error) bool { return isOneOf(err, inUse) }

// IsPassing reports whether an error of accept says something of the moment or
// of the connection that was to be accepted, not of the listener.
func IsPassing(err error) bool { return isOneOf(err, passing) }

func isOneOf(err error, list []syscall.Errno) bool {
	for _, e := range list {
		if errors.Is(err, e) {
			return true
		}
	}
	return false
}
