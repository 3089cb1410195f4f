package main

import (
	"bytes"
	"fmt"
	"log/slog"
	"os"
	"sync"
	"time"

	"accio/internal/cli"
	"accio/internal/record"

	"github.com/dustin/go-humanize"
	"golang.org/x/term"
)

const (
	logPatience  = time.Second            // how long a line may block on standard error before it is dropped
	liveInterval = 200 * time.Millisecond // how often the live line is drawn
	liveSamples  = 5                      // the rate is that of so many intervals
)

// console is standard error, or the file of --log-file: whole lines, and below them at most one live line
// that is erased before anything else is printed. It never fails and never
// blocks for long, so that a broken standard error does not end the server:
// what cannot be written is dropped, and counted where it can be said.
type console struct {
	mu       sync.Mutex
	out      *cli.Output
	columns  func() int // of the terminal; 0 if it is none
	format   string     // of the log
	instance string     // of the server among others, where lines tell it
	file     *logFile   // where it is not standard error; nil: it is
	live     bool       // the live line is on the screen
	dropped  int
}

func newConsole(f *os.File) *console {
	columns := func() int {
		n, _, _ := term.GetSize(int(f.Fd()))
		return n
	}
	return &console{out: cli.NewOutput(cli.Whole{Writer: f}), columns: columns}
}

// Write implements io.Writer.
func (c *console) Write(p []byte) (int, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.eraseLocked()
	if c.dropped > 0 && c.put(c.missing()) {
		c.dropped = 0
	}
	if !c.put(bytes.Clone(p)) {
		c.dropped++
	}
	return len(p), nil
}

// named returns a log whose lines say which server they are of, if it has a name.
func (c *console) named(log *slog.Logger) *slog.Logger {
	if c.instance == "" {
		return log
	}
	return log.With("instance", c.instance)
}

// missing is the line that stands for those that were dropped.
func (c *console) missing() []byte {
	var line bytes.Buffer
	log, why := record.NewLog(&line, c.format, false), "standard error was blocked"
	if c.file != nil {
		log, why = record.NewFileLog(&line, c.format, false), "the log could not be written"
	}
	c.named(log).Warn(fmt.Sprintf("%d lines are missing here: %s", c.dropped, why))
	return line.Bytes()
}

// erase removes the live line until it is drawn again.
func (c *console) erase() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.eraseLocked()
}

func (c *console) eraseLocked() {
	if c.live {
		c.live = !c.put([]byte(cli.EraseLine))
	}
}

// put reports whether p is on standard error, or will be as soon as it can.
func (c *console) put(p []byte) bool {
	err := c.out.Write(p, time.After(logPatience))
	if c.file != nil {
		return err == nil || err == cli.ErrBlocked
	}
	return err != cli.ErrBusy
}

// show draws the live line from time to time while progress has something to
// say, until the returned function is called.
func (c *console) show(progress func() (shown, bool)) (stop func()) {
	done, stopped := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(stopped)
		tick := time.Tick(liveInterval)
		var samples [liveSamples]shown
		for i := 0; ; i++ {
			select {
			case <-tick:
				samples[i%liveSamples] = c.draw(progress, samples[i%liveSamples])
			case <-done:
				c.erase()
				return
			}
		}
	}()
	return func() { close(done); <-stopped }
}

// draw asks for progress under the lock: what ends after that is erased. The
// rate is that since then, or since the start of what is shown.
func (c *console) draw(progress func() (shown, bool), then shown) shown {
	c.mu.Lock()
	defer c.mu.Unlock()
	now, ok := progress()
	if !ok {
		return shown{}
	}
	since, before := now.started, int64(0)
	if then.who != "" && then.connection == now.connection {
		since, before = then.at, then.bytes
	}
	rate := float64(now.bytes-before) / max(now.at.Sub(since), time.Millisecond).Seconds()
	line := fmt.Sprintf("%s: %s, %s/s", now.who, humanize.IBytes(uint64(now.bytes)), humanize.IBytes(uint64(max(rate, 0))))
	if n := c.columns(); 0 < n && n <= len(line) {
		line = line[:n-1] // one that wraps cannot be erased
	}
	if c.put([]byte(cli.EraseLine + line)) {
		c.live = true
	}
	return now
}
