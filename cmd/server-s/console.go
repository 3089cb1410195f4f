package main

import (
	"bytes"
	"fmt"
	"os"
	"sync"
	"time"

	"accio/transport"

	"github.com/dustin/go-humanize"
)

const (
	logPatience  = time.Second            // how long a line may block on standard error before it is dropped
	liveInterval = 200 * time.Millisecond // how often the live line is drawn
	eraseLine    = "\r\x1b[K"             // ECMA-48 EL: erase to the end of the line
)

// console is standard error: whole lines, and below them at most one live line
// that is erased before anything else is printed. It never fails and never
// blocks for long, so that a broken standard error does not end the server:
// what cannot be written is dropped, and counted where it can be said.
type console struct {
	mu      sync.Mutex
	out     *output
	live    bool // the live line is on the screen
	dropped int
}

func newConsole(f *os.File) *console {
	return &console{out: newOutput(f)}
}

// Write implements io.Writer.
func (c *console) Write(p []byte) (int, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.eraseLocked()
	if c.dropped > 0 && c.put(fmt.Appendf(nil, "%d lines are missing here: standard error was blocked\n", c.dropped)) {
		c.dropped = 0
	}
	if !c.put(bytes.Clone(p)) {
		c.dropped++
	}
	return len(p), nil
}

// erase removes the live line until it is drawn again.
func (c *console) erase() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.eraseLocked()
}

func (c *console) eraseLocked() {
	if c.live {
		c.put([]byte(eraseLine))
		c.live = false
	}
}

func (c *console) put(p []byte) bool {
	timer := time.NewTimer(logPatience)
	defer timer.Stop()
	return write(c.out, p, timer.C) != errBlocked
}

// show draws the live line from time to time while progress has something to
// say, until the returned function is called.
func (c *console) show(progress func() (transport.Progress, bool)) (stop func()) {
	done, stopped := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(stopped)
		ticker := time.NewTicker(liveInterval)
		defer ticker.Stop()
		var last transport.Progress
		for {
			select {
			case <-ticker.C:
				now, ok := progress()
				if ok {
					c.draw(last, now)
				}
				last = now
			case <-done:
				c.erase()
				return
			}
		}
	}()
	return func() { close(done); <-stopped }
}

func (c *console) draw(last, now transport.Progress) {
	var before int64
	if last.Connection == now.Connection {
		before = last.Bytes
	}
	rate := float64(now.Bytes-before) / liveInterval.Seconds()
	line := fmt.Sprintf("%sconnection %d: %s, %s/s", eraseLine,
		now.Connection, humanize.IBytes(uint64(now.Bytes)), humanize.IBytes(uint64(rate)))
	c.mu.Lock()
	defer c.mu.Unlock()
	c.live = c.put([]byte(line))
}
