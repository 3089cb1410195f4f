package record

import (
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"strconv"
	"sync"

	"accio/internal/errno"
	"accio/trace"
	"accio/transport"
)

// Trace is the trace that --trace asks for (docs/trace.md); nil is none, which
// can be used like one. A write that fails ends it until it is opened anew, and
// not the program. Any goroutine may use it.
type Trace struct {
	name string
	log  *slog.Logger

	mu     sync.Mutex
	last   uint64  // the highest number of a connection that has begun
	parts  []*part // in the order of their connections; new ones begin in the last
	closed bool
}

// part is a file of a trace, and the connections that begin in it.
type part struct {
	file  *trace.File
	first uint64 // their first number
	open  int    // how many of them have not ended
	over  bool   // a write failed
}

// OpenTrace opens the named file, by trace.Create or the like; it returns nil if
// name is empty. What goes wrong later is told to log.
func OpenTrace(open func(name string) (*trace.File, error), name string, log *slog.Logger) (*Trace, error) {
	if name == "" {
		return nil, nil
	}
	f, err := open(name)
	if err != nil {
		return nil, fmt.Errorf("cannot write the trace: %w", errno.Explain(err))
	}
	return &Trace{name: name, log: log, parts: []*part{{file: f}}}, nil
}

// Places says how many connections are served at a time, before anything else.
func (t *Trace) Places(n int) {
	if t != nil {
		t.parts[0].file.Places(n)
	}
}

// Instance says what the server is called among others, before anything else but Places.
func (t *Trace) Instance(name string) {
	if t != nil {
		t.parts[0].file.Instance(name)
	}
}

// Begin says that a connection begins, in the order of their numbers and before
// anything else of it. Who does not reopen the trace may leave it out.
func (t *Trace) Begin(connection uint64) {
	if t == nil {
		return
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	t.last = connection
	t.parts[len(t.parts)-1].open++
}

// Transition adds a line, which End will write.
func (t *Trace) Transition(tr transport.Transition) {
	if t == nil {
		return
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	if p := t.of(tr.Connection); !p.over && !t.closed {
		p.file.Transition(trace.Transition(tr))
	}
}

// End writes the lines of a connection.
func (t *Trace) End(r transport.Result) {
	if t == nil {
		return
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.closed {
		return
	}
	p := t.of(r.Connection)
	p.open--
	if !p.over {
		result := trace.ErrorResult
		if r.Good {
			result = strconv.FormatInt(r.Bytes, 10)
		}
		t.check(p, p.file.End(trace.End{Connection: r.Connection, Result: result, Bytes: r.Bytes, Since: r.Elapsed}))
	}
	if t.leave() && len(t.parts) == 1 {
		t.log.Info("the trace of before is complete")
	}
}

// NotReopened are the attributes of a line of the log that says that a file could not be
// opened anew.
func NotReopened(err error) []any {
	about := []any{"error", err}
	if errors.Is(err, fs.ErrPermission) {
		about = append(about, "hint", "a confined server may write to the directory that its file was in when it started, and to no other, nor to one made anew: restart it")
	}
	return about
}

// Reopen opens the file by its name, which somebody has given to another one meanwhile, for
// the connections that begin from now on; those in service are written where they began. If
// that cannot be, the log is told and the trace goes on where it is (docs/protocol.md §6.17).
func (t *Trace) Reopen() {
	if t == nil {
		return
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.closed {
		return
	}
	now := t.parts[len(t.parts)-1]
	next, err := now.file.Continue(t.name, t.last+1)
	switch {
	case errors.Is(err, trace.ErrSame):
		t.log.Info("trace not reopened", "reason", err)
		return
	case err != nil:
		t.log.Warn("cannot reopen the trace; the one of before goes on", NotReopened(err)...)
		return
	}
	t.parts = append(t.parts, &part{file: next, first: t.last + 1})
	before := 0
	for _, p := range t.parts {
		before += p.open
	}
	t.log.Info("trace reopened", "first", t.last+1, "before", before)
	t.leave()
}

// Close closes the files.
func (t *Trace) Close() {
	if t == nil {
		return
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, p := range t.parts {
		if err := p.file.Close(); !p.over {
			t.check(p, err)
		}
	}
	t.closed = true
}

// of returns the part in which a connection has begun.
func (t *Trace) of(connection uint64) *part {
	i := len(t.parts) - 1
	for i > 0 && connection < t.parts[i].first {
		i--
	}
	return t.parts[i]
}

// leave closes the parts whose connections have all ended, but for the last, and
// reports whether there were any.
func (t *Trace) leave() (left bool) {
	if len(t.parts) == 1 {
		return false
	}
	last := len(t.parts) - 1
	open := t.parts[:0]
	for i, p := range t.parts {
		if i == last || p.open > 0 {
			open = append(open, p)
			continue
		}
		left = true
		if err := p.file.Leave(); !p.over {
			t.check(p, err)
		}
	}
	clear(t.parts[len(open):])
	t.parts = open
	return left
}

func (t *Trace) check(p *part, err error) {
	if err == nil {
		return
	}
	p.over = true
	what := "from here on nothing is traced"
	if p != t.parts[len(t.parts)-1] {
		what = "connections from before it was reopened are no longer traced"
	}
	t.log.Warn(fmt.Sprintf("trace: %v; %s", err, what))
}
