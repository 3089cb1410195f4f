package record

import (
	"fmt"
	"log/slog"
	"strconv"

	"accio/trace"
	"accio/transport"
)

// Trace is the trace that --trace asks for (docs/trace.md); nil is none, which
// can be used like one. The first write that fails ends it, and not the program.
type Trace struct {
	file *trace.File
	log  *slog.Logger
	over bool // a write failed, or the file is closed
}

// OpenTrace opens the named file, by trace.Create or the like; it returns nil if
// name is empty. What goes wrong later is told to log.
func OpenTrace(open func(name string) (*trace.File, error), name string, log *slog.Logger) (*Trace, error) {
	if name == "" {
		return nil, nil
	}
	f, err := open(name)
	if err != nil {
		return nil, fmt.Errorf("cannot write the trace: %w", err)
	}
	return &Trace{file: f, log: log}, nil
}

// Places says how many connections are served at a time, before anything else.
func (t *Trace) Places(n int) {
	if t != nil {
		t.file.Places(n)
	}
}

// Transition adds a line, which End will write.
func (t *Trace) Transition(tr transport.Transition) {
	if t != nil && !t.over {
		t.file.Transition(trace.Transition(tr))
	}
}

// End writes the lines of a connection.
func (t *Trace) End(r transport.Result) {
	if t == nil || t.over {
		return
	}
	result := trace.ErrorResult
	if r.Good {
		result = strconv.FormatInt(r.Bytes, 10)
	}
	t.check(t.file.End(trace.End{Connection: r.Connection, Result: result, Bytes: r.Bytes, Since: r.Elapsed}))
}

// Close closes the file.
func (t *Trace) Close() {
	if t == nil {
		return
	}
	if err := t.file.Close(); !t.over {
		t.check(err)
	}
}

func (t *Trace) check(err error) {
	if err != nil {
		t.over = true
		t.log.Warn(fmt.Sprintf("trace: %v; from here on nothing is traced", err))
	}
}
