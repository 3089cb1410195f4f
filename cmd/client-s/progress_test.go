package main

import (
	"fmt"
	"io"
	"os"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"accio/internal/clitest"
)

// The bar is drawn every interval and at the end, with the rate since the start;
// nothing is drawn of what was over before and sent nothing.
func TestShow(t *testing.T) {
	for _, test := range []struct {
		size, rate int64 // in all, and bytes an interval
		lasts      time.Duration
		want       string
	}{
		{100, 0, interval - 1, ""},
		{100, 1, interval - 1, "\r   1% |   | ( 1/100 B, 10 B/s) [0s:9s]\x1b[0K\n"},
		{100, 0, interval + 1, "\r   0% |   | ( 0/100 B) [0s:0s]\x1b[0K\r   0% |   | ( 0/100 B) [0s:0s]\x1b[0K\n"},
		{4096, 1024, 3*interval - 1, "\r  25% |   | (1.0/4.0 KiB, 10 KiB/s) [0s:0s]\x1b[0K" +
			"\r  50% |█  | (2.0/4.0 KiB, 10 KiB/s) [0s:0s]\x1b[0K\r  75% |██ | (3.0/4.0 KiB, 10 KiB/s) [0s:0s]\x1b[0K\n"},
		{-1, 1024, 2*interval - 1, "\r|  (1.0 KiB, 10 KiB/s) [0s] \x1b[0K\r/  (2.0 KiB, 10 KiB/s) [0s] \x1b[0K\n"},
	} {
		t.Run(fmt.Sprint(test.size, test.rate, test.lasts), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				began := time.Now()
				sent := func() int64 { return test.rate * int64((time.Since(began)+1)/interval) }
				screen := new(clitest.Stream)
				stop := show(screen, sent, test.size, 60)
				time.Sleep(test.lasts)
				stop()
				if got := screen.String(); got != test.want {
					t.Errorf("%q, wanted %q", got, test.want)
				}
			})
		})
	}
}

// The last column of a terminal stays free: the bar is as wide as is left beside
// the counts, thirty columns at most, and beside the times where these fit in.
// What has no size is drawn however narrow the terminal is.
func TestBarFits(t *testing.T) {
	const counts, times = "(512 KiB/1.0 MiB, 512 KiB/s)", " [1s:1s]\x1b[0K"
	for columns, want := range map[int]string{
		20:  "|| " + counts + " \x1b[0K",
		41:  "|| " + counts + " \x1b[0K",
		42:  "| | " + counts + " \x1b[0K",
		43:  "|█ | " + counts + " \x1b[0K",
		56:  "|███████        | " + counts + " \x1b[0K",
		57:  "|| " + counts + times,
		58:  "| | " + counts + times,
		86:  "|██████████████               | " + counts + times,
		87:  "|███████████████               | " + counts + times,
		200: "|███████████████               | " + counts + times,
	} {
		synctest.Test(t, func(t *testing.T) {
			var screen strings.Builder
			bar := newBar(&screen, 1<<20, columns)
			bar.StartWithoutRender()
			time.Sleep(time.Second)
			bar.Set64(1 << 19)
			if got := screen.String(); got != "\r  50% "+want {
				t.Errorf("%d columns: %q", columns, got)
			}
			screen.Reset()
			newBar(&screen, -1, columns).Set64(1 << 19)
			if got := screen.String(); !strings.HasPrefix(got, "\r|  (512 KiB") {
				t.Errorf("%d columns, of no known size: %q", columns, got)
			}
		})
	}
	if n := columns(os.NewFile(^uintptr(0), "none")); n != 80 {
		t.Errorf("%d columns where there is no terminal", n)
	}
}

// A line over the bar erases it first, and is no longer for that.
func TestOverBar(t *testing.T) {
	screen := new(clitest.Stream)
	n, err := io.WriteString(overBar{screen}, "two\n")
	if n != 4 || err != nil || screen.String() != "\r\x1b[Ktwo\n" {
		t.Errorf("%d, %v, %q", n, err, screen)
	}
	r, w := io.Pipe()
	r.Close()
	if _, err := io.WriteString(overBar{w}, "lost"); err != io.ErrClosedPipe {
		t.Error(err)
	}
}
