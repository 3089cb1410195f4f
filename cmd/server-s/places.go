package main

import (
	"fmt"

	"accio/internal/cli"
	"accio/internal/descriptors"
)

// What the server opens beside the connections that it serves: what a server of one
// opens, and a few; what one more listener takes; what the page, its metrics and its
// connections take; what the operator's socket and its connections take; and what a file
// takes that is opened anew, of which a trace keeps some that connections still write to.
const (
	spareDescriptors    = 16
	listenerDescriptors = 2
	pageDescriptors     = 78
	controlDescriptors  = 6
	fileDescriptors     = 8
)

// places returns how many connections can be served at a time: as many as are asked for,
// or as the limit of descriptors leaves room for.
func (o *options) places(listeners int) (int, error) {
	wanted := o.concurrency
	if wanted == 1 {
		return 1, nil
	}
	room := descriptors.Limit() - spareDescriptors - (listeners-1)*listenerDescriptors
	for _, more := range [...]struct {
		asked bool
		takes int
	}{{o.http.IsValid(), pageDescriptors}, {o.control != "", controlDescriptors}, {o.logFile != "", fileDescriptors}, {o.trace != "", fileDescriptors}} {
		if more.asked {
			room -= more.takes
		}
	}
	switch {
	case room < 1:
		return 0, fmt.Errorf("--concurrency: the limit of file descriptors (ulimit -n) is %d, wanted %d or more", descriptors.Limit(), descriptors.Limit()-room+1)
	case wanted == cli.Max:
		return room, nil
	case wanted > room:
		return 0, fmt.Errorf("--concurrency %d: the limit of file descriptors (ulimit -n) leaves room for %d; raise it by %d, or say --concurrency max",
			wanted, room, wanted-room)
	}
	return wanted, nil
}
