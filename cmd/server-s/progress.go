package main

import (
	"context"
	"fmt"
	"log/slog"
	"sync/atomic"
	"time"

	"accio/transport"
)

// shown is what the live line tells: of one connection, or of all.
type shown struct {
	connection uint64 // 0: all
	who        string
	bytes      int64
	at         time.Time
	started    time.Time
}

// traffic is what a server has counted and counts.
type traffic struct {
	server  *transport.Server
	started time.Time
	ended   atomic.Int64 // the payload of the connections that have ended
	lines   atomic.Int64 // how many those are
	errors  atomic.Int64 // and how many of them have failed
}

// end counts a connection that has ended.
func (t *traffic) end(r transport.Result) {
	t.ended.Add(r.Bytes)
	t.lines.Add(1)
	if !r.Good {
		t.errors.Add(1)
	}
}

// shown is of the connection in service, or of all since the start if there are some.
func (t *traffic) shown() (now shown, ok bool) {
	n, ended := 0, t.ended.Load() // before those in service: none is counted twice
	for p := range t.server.Serving() {
		if n++; n == 1 {
			now = shown{p.Connection, fmt.Sprintf("connection %d", p.Connection), p.Bytes, p.At, p.Started}
		} else {
			now.bytes += p.Bytes
		}
	}
	if n > 1 {
		now = shown{0, fmt.Sprintf("%d connections", n), now.bytes + ended, now.at, t.started}
	}
	return now, n > 0
}

// inService is how many connections there are.
func (t *traffic) inService() (n int) {
	for range t.server.Serving() {
		n++
	}
	return n
}

// drainOnce begins the drain of the server when it is asked to end, and says so, until the
// returned function is called.
func (t *traffic) drainOnce(asked context.Context, log *slog.Logger, most time.Duration) (stop func()) {
	begun := make(chan struct{})
	remove := context.AfterFunc(asked, func() {
		defer close(begun)
		n := t.inService() // before they end
		t.server.Drain()   // before it is said
		log.Info("draining: nobody more is accepted; one more signal ends the connections in service", "connections", n, "limit", most)
	})
	return func() {
		if !remove() {
			<-begun
		}
	}
}
