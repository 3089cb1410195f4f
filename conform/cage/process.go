package cage

import (
	"errors"
	"os"
	"sync"
	"time"
)

// Status is how a program ended, and what it needed.
type Status struct {
	Code   int       // its exit status; -1 if a signal ended it
	Signal os.Signal // that ended it; nil if none did
	Limit  string    // the limit that was hit, in words: "memory", for example; may be set before the end
	Memory int64     // bytes, the most that was seen; 0 where the system does not tell
}

// Process is a program that has been started. Any goroutine may use it.
type Process struct {
	Stdout, Stderr *Output

	mu      sync.Mutex
	status  Status
	exited  chan struct{} // the program has ended
	gone    chan struct{} // nothing of it is left
	read    sync.Once
	out     *os.File
	err     *os.File
	signal  func(os.Signal) error
	kill    func()
	force   func() // ends the supervisor, where there is one, and what it watches over
	readers sync.WaitGroup
}

// ErrExited is returned for a signal to a program that has ended.
var ErrExited = errors.New("the program has ended")

// pipes gives a new Process the two pipes that the program writes to.
func (p *Process) pipes(c Command) (stdout, stderr *os.File, err error) {
	if p.out, stdout, err = os.Pipe(); err != nil {
		return nil, nil, err
	}
	if p.err, stderr, err = os.Pipe(); err != nil {
		p.out.Close()
		stdout.Close()
		return nil, nil, err
	}
	p.exited, p.gone = make(chan struct{}), make(chan struct{})
	over := func() {
		p.hit("output")
		p.kill()
	}
	p.Stdout, p.Stderr = newOutput(c.Output, over), newOutput(c.Output, over)
	return stdout, stderr, nil
}

// begin reads what the program writes.
func (p *Process) begin(held bool) {
	p.collect(p.Stderr, p.err)
	if !held {
		p.Read()
	}
}

func (p *Process) collect(o *Output, f *os.File) {
	p.readers.Go(func() {
		defer f.Close()
		o.collect(f)
	})
}

// Read begins to read a standard output that was held.
func (p *Process) Read() {
	p.read.Do(func() { p.collect(p.Stdout, p.out) })
}

// CloseStdout closes our end of a standard output that was held, unread.
func (p *Process) CloseStdout() {
	p.read.Do(func() { p.out.Close() })
}

// CloseStderr closes our end of standard error.
func (p *Process) CloseStderr() { p.err.Close() }

// Exited is closed when the program has ended. What it has started may go on.
func (p *Process) Exited() <-chan struct{} { return p.exited }

// Status returns what is known by now.
func (p *Process) Status() Status {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.status
}

// Signal sends a signal to the program, not to what it has started. It returns
// ErrExited for one that has ended.
func (p *Process) Signal(s os.Signal) error {
	select {
	case <-p.exited:
		return ErrExited
	default:
		return p.signal(s)
	}
}

// endPatience is how long a supervisor gets, which a program may have stopped.
const endPatience = 10 * time.Second

// End ends the program and all that it has started, with SIGKILL, removes its
// directory, and returns when nothing is left. It may be called more than once.
func (p *Process) End() Status {
	p.kill()
	select {
	case <-p.gone:
	case <-time.After(endPatience):
		p.force()
		<-p.gone
	}
	p.CloseStdout()
	p.drain()
	return p.Status()
}

// drain waits until its outputs are read to their end. Somebody else may hold
// them where nothing says what the program has started.
func (p *Process) drain() {
	read := make(chan struct{})
	go func() {
		p.readers.Wait()
		close(read)
	}()
	select {
	case <-read:
	case <-time.After(time.Second):
		p.out.Close()
		p.err.Close()
		<-read
	}
}

func (p *Process) hit(limit string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.status.Limit == "" {
		p.status.Limit = limit
	}
}
