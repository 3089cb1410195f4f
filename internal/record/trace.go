package record

import (
	"errors"
	"fmt"
	"log/slog"
	"os"
	"strconv"
	"syscall"
	"time"

	"accio/trace"
	"accio/transport"
)

// TracePatience is how long the lines of a connection may block where a trace
// is not a regular file but a pipe, for example.
const TracePatience = time.Second

// Trace is the trace that --trace asks for (docs/trace.md); nil is none, which
// can be used like one. The first write that fails ends it, and not the program.
type Trace struct {
	file    *os.File
	encoder *trace.Encoder
	log     *slog.Logger
	over    bool // a write failed, or the file is closed
}

// OpenTrace creates or truncates the named file; it returns nil if name is empty.
// What goes wrong later is told to log.
func OpenTrace(name string, log *slog.Logger) (*Trace, error) {
	if name == "" {
		return nil, nil
	}
	// O_NONBLOCK refuses a named pipe that nobody reads, instead of waiting for
	// a reader for ever.
	f, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_TRUNC|os.O_APPEND|syscall.O_NONBLOCK, 0o666)
	if errors.Is(err, syscall.ENXIO) {
		return nil, fmt.Errorf("cannot write the trace: %w; nobody reads that named pipe, start its reader first", err)
	}
	if err != nil {
		return nil, fmt.Errorf("cannot write the trace: %w", err)
	}
	return &Trace{file: f, encoder: trace.NewEncoder(f), log: log}, nil
}

// Transition adds a line, which End will write.
func (t *Trace) Transition(tr transport.Transition) {
	if t != nil && !t.over {
		t.encoder.Transition(trace.Transition(tr))
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
	t.file.SetWriteDeadline(time.Now().Add(TracePatience)) // regular files have none
	t.check(t.encoder.End(trace.End{Connection: r.Connection, Result: result, Bytes: r.Bytes, Since: r.Elapsed}))
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
