package main

import (
	"context"
	"os"
	"time"
)

// endings returns what is done when a signal has come, and what is done when the
// connections in service are waited for no longer: at once, or, with a drain, when it
// has passed or the next signal has come.
func endings(told <-chan os.Signal, drain time.Duration) (asked, over context.Context) {
	asked, ask := context.WithCancel(context.Background())
	over, end := context.WithCancel(context.Background())
	go func() {
		<-told
		ask()
		if drain > 0 {
			select {
			case <-told:
			case <-time.After(drain):
			}
		}
		end()
	}()
	return asked, over
}
