package record

import (
	"bytes"
	"fmt"
	"log/slog"
	"net/netip"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// flooded is a log behind a Flood, whose lines have the time since it was made.
func flooded() (log *slog.Logger, flood Flood, text *bytes.Buffer) {
	text = new(bytes.Buffer)
	began := time.Now()
	flood = NewFlood(slog.NewTextHandler(text, &slog.HandlerOptions{Level: slog.LevelDebug, ReplaceAttr: func(_ []string, a slog.Attr) slog.Attr {
		if a.Key == slog.TimeKey {
			return slog.Duration("at", time.Since(began))
		}
		return a
	}}))
	return slog.New(flood), flood, text
}

func peer(host byte) netip.AddrPort {
	return netip.AddrPortFrom(netip.AddrFrom4([4]byte{192, 0, 2, host}), 1000+uint16(host))
}

func wantLog(t *testing.T, text *bytes.Buffer, want ...string) {
	t.Helper()
	var got []string
	for line := range strings.Lines(text.String()) {
		got = append(got, strings.TrimSuffix(line, "\n"))
	}
	for i := range max(len(got), len(want)) {
		switch {
		case i >= len(want):
			t.Errorf("line %d: surplus %s", i+1, got[i])
		case i >= len(got):
			t.Errorf("line %d: missing %s", i+1, want[i])
		case got[i] != want[i]:
			t.Errorf("line %d:\n%s\nwanted\n%s", i+1, got[i], want[i])
		}
	}
}

func lines(n int, line string) (list []string) {
	for i := range n {
		list = append(list, strings.ReplaceAll(line, "#", fmt.Sprint(i)))
	}
	return list
}

// A flood is summed up once a second, by kind and peer, as long as it lasts, and
// other lines are among it (docs/protocol.md §6.11).
func TestFlood(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		log, _, text := flooded()
		log.Info("x")
		const every, second = 11, 91 // milliseconds; so many warnings a window
		for i := range 2*second + 46 {
			log.Warn("Streaming: gone; a hint", "connection", i, "remote", peer(1))
			if i%second == second-1 {
				log.Error("e")
				log.Warn("accept: too many")
			}
			time.Sleep(every * time.Millisecond)
		}
		time.Sleep(time.Hour)
		log.Warn("late")
		want := []string{`at=0s level=INFO msg=x`}
		for window := range 3 {
			for i := range floodLines {
				i += second * window
				want = append(want, fmt.Sprintf(`at=%s level=WARN msg="Streaming: gone; a hint" connection=%d remote=192.0.2.1:1001`,
					time.Duration(every*i)*time.Millisecond, i))
			}
			switch window {
			case 0:
				want = append(want, `at=990ms level=ERROR msg=e`, `at=1s level=WARN msg="and 72 more: 71 × Streaming: gone, 1 × accept: too many" from="71 × 192.0.2.1"`)
			case 1:
				want = append(want, `at=1.991s level=ERROR msg=e`, `at=2.001s level=WARN msg="and 72 more: 71 × Streaming: gone, 1 × accept: too many" from="71 × 192.0.2.1"`)
			}
		}
		want = append(want, `at=3.002s level=WARN msg="and 26 more: 26 × Streaming: gone" from="26 × 192.0.2.1"`, `at=1h0m2.508s level=WARN msg=late`)
		wantLog(t, text, want...)
	})
}

// Twenty are no flood, and a second without one ends it.
func TestNoFlood(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		log, flood, text := flooded()
		for range 3 {
			for range floodLines {
				log.Warn("w")
			}
			time.Sleep(floodWindow + 1)
		}
		flood.Flush()
		time.Sleep(time.Hour)
		wantLog(t, text, append(append(lines(floodLines, "at=0s level=WARN msg=w"), lines(floodLines, "at=1.000000001s level=WARN msg=w")...),
			lines(floodLines, "at=2.000000002s level=WARN msg=w")...)...)
	})
}

// What was held back when the program ends is said, once, and no timer is left.
func TestFloodAtTheEnd(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		log, flood, text := flooded()
		derived := log.With("page", 1).WithGroup("g")
		for range floodLines {
			derived.Warn("w", "remote", peer(1))
		}
		log.Debug("d")
		log.Warn("v")
		time.Sleep(floodWindow / 2)
		flood.Flush()
		flood.Flush()
		time.Sleep(time.Hour)
		want := lines(floodLines, "at=0s level=WARN msg=w page=1 g.remote=192.0.2.1:1001")
		wantLog(t, text, append(want, "at=0s level=DEBUG msg=d", `at=500ms level=WARN msg="and 1 more: 1 × v"`)...)
	})
}

// Whatever kinds and peers a flood has, its line is short, and nothing of it is
// uncounted.
func TestFloodOfKinds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		log, flood, text := flooded()
		for i := range floodLines + 4*floodKept {
			log.Warn(fmt.Sprintf("kind %d", i%(2*floodKept)), "remote", peer(byte(i%7)))
			log.Warn("often", "remote", peer(9))
		}
		for range floodKept {
			log.Warn("one kind too many") // more often than all but one of the others
		}
		flood.Flush()
		got := strings.Split(strings.TrimSpace(text.String()), "\n")
		const want = `at=0s level=WARN msg="and 9020 more: 4010 × often, 3 × kind 10, 3 × kind 11, 3 × kind 12, 3 × kind 13, 4998 × others" ` +
			`from="4010 × 192.0.2.9, 573 × 192.0.2.0, 573 × 192.0.2.1, 573 × 192.0.2.3, 573 × 192.0.2.4, 1718 × others"`
		if len(got) != floodLines+1 || got[floodLines] != want {
			t.Errorf("%d lines, the last\n%s\nwanted\n%s", len(got), got[len(got)-1], want)
		}
	})
}

// Any goroutine may log: none of the warnings is lost.
func TestFloodFromManyGoroutines(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const goroutines, each = 8, 100
		log, flood, text := flooded()
		var all sync.WaitGroup
		for g := range goroutines {
			all.Go(func() {
				for range each {
					log.Warn("w", "remote", peer(byte(g)))
					time.Sleep(7 * time.Millisecond)
				}
			})
		}
		all.Wait()
		flood.Flush()
		told := strings.Count(text.String(), "msg=w ")
		for line := range strings.Lines(text.String()) {
			var more int
			if _, rest, ok := strings.Cut(line, `msg="and `); ok {
				fmt.Sscanf(rest, "%d more", &more)
				told += more
			}
		}
		if n := strings.Count(text.String(), "\n"); told != goroutines*each || n != floodLines+1 {
			t.Errorf("%d warnings told in %d lines:\n%s", told, n, text)
		}
	})
}
