package main

import (
	"fmt"
	"io"
	"regexp"
	"testing"
	"testing/synctest"
	"time"

	"accio/internal/cli"
	"accio/internal/clitest"
)

// nobody is a console whose lines nobody sees.
func nobody() *console {
	return &console{out: cli.NewOutput(io.Discard), columns: func() int { return 0 }}
}

// gate is a writer that blocks while it is shut.
type gate struct {
	clitest.Stream
	shut chan struct{} // closed to open it; nil is open
}

func (g *gate) Write(p []byte) (int, error) {
	if g.shut != nil {
		<-g.shut
	}
	return g.Stream.Write(p)
}

// newGate returns a console that writes to a gate.
func newGate(t *testing.T) (*console, *gate) {
	g := new(gate)
	c := &console{out: cli.NewOutput(g), columns: func() int { return 0 }}
	t.Cleanup(func() { c.out.Close() })
	return c, g
}

func at(connection uint64, bytes int64) func() (shown, bool) {
	return func() (shown, bool) {
		now := time.Now()
		return shown{connection, fmt.Sprintf("connection %d", connection), bytes, now, now.Add(-liveInterval)}, true
	}
}

// The live line is erased before any line is printed.
func TestConsoleErasesTheLiveLine(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c, g := newGate(t)
		io.WriteString(c, "a\n")
		last := c.draw(at(7, 1<<20), shown{})
		io.WriteString(c, "b\n")
		io.WriteString(c, "c\n")
		time.Sleep(liveInterval)
		last = c.draw(at(7, 3<<20), last)
		c.draw(at(8, 1<<10), last)
		c.erase()
		c.erase()
		want := "a\n" +
			"\r\x1b[Kconnection 7: 1.0 MiB, 5.0 MiB/s\r\x1b[Kb\nc\n" +
			"\r\x1b[Kconnection 7: 3.0 MiB, 10 MiB/s" +
			"\r\x1b[Kconnection 8: 1.0 KiB, 5.0 KiB/s\r\x1b[K"
		if got := g.String(); got != want {
			t.Errorf("%q, wanted\n%q", got, want)
		}
	})
}

// The live line is drawn five times a second while there is progress, and gone
// afterwards. The rate is that since the start, or of the last second.
func TestConsoleShow(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c, g := newGate(t)
		seen, began := []int64{0, 512, 1024, 1536, 2048, 2560, 2560, 2560}, time.Now().Add(200*time.Millisecond)
		stop := c.show(func() (shown, bool) {
			now := shown{1, "connection 1", seen[0], time.Now(), began}
			seen = seen[1:]
			return now, now.bytes > 0
		})
		time.Sleep(1600*time.Millisecond + 1)
		stop()
		want := ""
		for _, says := range []string{
			"512 B, 2.5 KiB/s", "1.0 KiB, 2.5 KiB/s", "1.5 KiB, 2.5 KiB/s", "2.0 KiB, 2.5 KiB/s", "2.5 KiB, 2.5 KiB/s",
			"2.5 KiB, 2.0 KiB/s", "2.5 KiB, 1.5 KiB/s",
		} {
			want += "\r\x1b[Kconnection 1: " + says
		}
		want += "\r\x1b[K"
		if got := g.String(); got != want {
			t.Errorf("%q, wanted\n%q", got, want)
		}
	})
}

// A connection that ends while its live line is about to be drawn leaves none
// behind: progress is asked for under the lock that erase takes.
func TestConsoleAsksForProgressUnderTheLock(t *testing.T) {
	c := nobody()
	defer c.out.Close()
	c.draw(func() (shown, bool) {
		if c.mu.TryLock() {
			t.Error("the lock is free")
		}
		return shown{}, false
	}, shown{})
}

// A broken standard error never blocks for long, and what it had no place for
// is counted, once, where it can be said (docs/protocol.md §6.6).
func TestConsoleDropsWhatIsBlocked(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c, g := newGate(t)
		write := func(line string) {
			if n, err := io.WriteString(c, line); n != len(line) || err != nil {
				t.Errorf("%q: %d, %v", line, n, err)
			}
		}
		want := `\A`
		for dropped := 1; dropped <= 2; dropped++ {
			g.shut = make(chan struct{})
			start := time.Now()
			write("late\n")
			if d := time.Since(start); d != logPatience {
				t.Errorf("blocked for %s", d)
			}
			for range dropped {
				write("dropped\n")
			}
			c.draw(at(1, 0), shown{})
			if d := time.Since(start); d != logPatience {
				t.Errorf("blocked again: %s", d)
			}
			close(g.shut)
			synctest.Wait()
			write("next\n")
			write("last\n")
			want += fmt.Sprintf(`late\n[\d:T.Z+-]+ WARN %d lines are missing here: standard error was blocked\nnext\nlast\n`, dropped)
		}
		if !regexp.MustCompile(want + `\z`).MatchString(g.String()) {
			t.Errorf("%q, wanted %q", g, want)
		}
	})
}

// A live line that was blocked is erased all the same, once that can be done.
func TestConsoleErasesABlockedLiveLine(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c, g := newGate(t)
		g.shut = make(chan struct{})
		c.draw(at(1, 0), shown{})
		c.erase()
		close(g.shut)
		synctest.Wait()
		io.WriteString(c, "a\n")
		if got, want := g.String(), "\r\x1b[Kconnection 1: 0 B, 0 B/s\r\x1b[Ka\n"; got != want {
			t.Errorf("%q, wanted %q", got, want)
		}
	})
}

// A live line that wrapped could not be erased.
func TestConsoleLiveLineFitsTheTerminal(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c, g := newGate(t)
		want := ""
		for columns, line := range map[int]string{
			0:  "connection 1: 0 B, 0 B/s",
			1:  "",
			10: "connectio",
			24: "connection 1: 0 B, 0 B/",
			25: "connection 1: 0 B, 0 B/s",
		} {
			c.columns = func() int { return columns }
			c.draw(at(1, 0), shown{})
			want += cli.EraseLine + line
		}
		if got := g.String(); got != want {
			t.Errorf("%q, wanted\n%q", got, want)
		}
	})
}
