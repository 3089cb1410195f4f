package main

import (
	"io"
	"os"
	"time"

	"accio/internal/cli"

	"github.com/schollz/progressbar/v3"
	"golang.org/x/term"
)

const interval = 100 * time.Millisecond

// show draws a bar on w until the returned function is called; a size of -1 is not
// known. What is over before the first interval, and sent nothing, has none.
func show(w io.Writer, sent func() int64, size int64, columns int) (stop func()) {
	bar := newBar(w, size, columns)
	bar.StartWithoutRender() // or else the rate counts from the first drawing
	drawn := false
	done, stopped := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(stopped)
		tick := time.Tick(interval)
		for {
			select {
			case <-tick:
				drawn = true
				bar.Set64(sent())
			case <-done:
				if n := sent(); drawn || n > 0 {
					bar.Set64(n)
					io.WriteString(w, "\n")
				}
				return
			}
		}
	}()
	return func() { close(done); <-stopped }
}

// overBar writes lines where a bar is drawn: each takes the bar's place, until
// that is drawn again below it.
type overBar struct{ io.Writer }

func (w overBar) Write(p []byte) (int, error) {
	_, err := w.Writer.Write(append([]byte(cli.EraseLine), p...))
	return len(p), err
}

// What a bar is made of beside the bar itself, in columns at the most.
const (
	countsWidth = len(" 100% || (1023 MiB/1023 GiB, 1023 MiB/s)")
	timesWidth  = len(" [59m59s:59m59s]")
	barWidth    = 30
)

// columns returns how wide a terminal is, and 80 for what is none.
func columns(f *os.File) int {
	n, _, err := term.GetSize(int(f.Fd()))
	if err != nil {
		return 80
	}
	return n
}

// newBar returns a bar that fits the terminal, as one that wraps would leave
// a line behind each time it is drawn.
func newBar(w io.Writer, size int64, columns int) *progressbar.ProgressBar {
	left := columns - 1 - countsWidth
	times := left >= timesWidth
	if times {
		left -= timesWidth
	}
	width := min(barWidth, max(0, left))
	if size == -1 {
		width = barWidth // what turns is narrower, but without a width nothing is drawn
	}
	return progressbar.NewOptions64(size,
		progressbar.OptionSetWriter(w),
		progressbar.OptionShowBytes(true),
		progressbar.OptionUseIECUnits(true),
		progressbar.OptionShowCount(),
		progressbar.OptionSetWidth(width),
		progressbar.OptionSetElapsedTime(times),
		progressbar.OptionSetPredictTime(times),
		progressbar.OptionUseANSICodes(true),
		progressbar.OptionSetSpinnerChangeInterval(0), // no goroutine of its own draws
	)
}
