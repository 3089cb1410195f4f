package conform

import (
	"fmt"
	"sync"
	"time"

	"accio/transport"
)

// A transcript has so many lines at most: the first, and the last.
const firstLines, lastLines = 26, 13

// transcript is what was seen and done in one try.
type transcript struct {
	mu    sync.Mutex
	start time.Time
	lines []string
	left  int // out, in the middle
}

func (tr *transcript) add(format string, args ...any) {
	tr.mu.Lock()
	defer tr.mu.Unlock()
	line := fmt.Sprintf("%8.3f  ", time.Since(tr.start).Seconds()) + fmt.Sprintf(format, args...)
	if len(tr.lines) == firstLines+lastLines {
		tr.lines = append(tr.lines[:firstLines], tr.lines[firstLines+1:]...)
		tr.left++
	}
	tr.lines = append(tr.lines, line)
}

// text returns the lines, and says where some are left out.
func (tr *transcript) text() []string {
	tr.mu.Lock()
	defer tr.mu.Unlock()
	if tr.left == 0 {
		return append([]string{}, tr.lines...)
	}
	text := append([]string{}, tr.lines[:firstLines]...)
	text = append(text, fmt.Sprintf("          … %d lines …", tr.left))
	return append(text, tr.lines[firstLines:]...)
}

// quote shows bytes, of many only the first.
func quote(text string) string {
	const most = 64
	if len(text) <= most {
		return `"` + transport.Escape(text) + `"`
	}
	return fmt.Sprintf(`"%s"… (%d bytes)`, transport.Escape(text[:most]), len(text))
}
