package cage

import (
	"io"
	"sync"
)

// Output is what a program has written to standard output or standard error.
// Any goroutine may use it.
type Output struct {
	mu      sync.Mutex
	text    []byte
	limit   int64
	over    func() // called once, when there is more than the limit
	ended   bool
	changed chan struct{}
}

func newOutput(limit int64, over func()) *Output {
	return &Output{limit: limit, over: over, changed: make(chan struct{})}
}

// Text returns what has been written so far, and whether that is all. More is
// closed when there is more to know.
func (o *Output) Text() (text string, ended bool, more <-chan struct{}) {
	o.mu.Lock()
	defer o.mu.Unlock()
	return string(o.text), o.ended, o.changed
}

// collect reads until the end. What is beyond the limit is dropped.
func (o *Output) collect(r io.Reader) {
	buffer := make([]byte, 32<<10)
	for {
		n, err := r.Read(buffer)
		o.mu.Lock()
		room := len(buffer)
		if o.limit > 0 {
			room = int(min(int64(room), o.limit-int64(len(o.text))))
		}
		o.text = append(o.text, buffer[:min(n, room)]...)
		over := o.over
		if n > room {
			o.over = nil
		}
		o.ended = err != nil
		close(o.changed)
		o.changed = make(chan struct{})
		o.mu.Unlock()
		if n > room && over != nil {
			over()
		}
		if err != nil {
			return
		}
	}
}
