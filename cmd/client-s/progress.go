package main

import (
	"os"
	"time"

	"github.com/schollz/progressbar/v3"
)

const interval = 100 * time.Millisecond

// show draws a bar until the returned function is called; a size of -1 is not
// known.
func show(sent func() int64, size int64) (stop func()) {
	bar := progressbar.NewOptions64(size,
		progressbar.OptionSetWriter(os.Stderr),
		progressbar.OptionShowBytes(true),
		progressbar.OptionShowTotalBytes(true),
		progressbar.OptionSetWidth(30),
		progressbar.OptionUseANSICodes(true),
	)
	done, stopped := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(stopped)
		ticker := time.NewTicker(interval)
		defer ticker.Stop()
		for {
			select {
			case <-ticker.C:
				bar.Set64(sent())
			case <-done:
				bar.Set64(sent())
				os.Stderr.WriteString("\n")
				return
			}
		}
	}()
	return func() { close(done); <-stopped }
}
