package main

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

// tracePatience is how long the lines of a connection may block where a trace
// is not a regular file but a pipe, for example.
const tracePatience = time.Second

// traceFile is the trace that --trace asks for (docs/trace.md); nil is none.
// The first write that fails ends it, and not the server.
type traceFile struct {
	file    *os.File
	encoder *trace.Encoder
	log     *slog.Logger
	over    bool // a write failed, or the file is closed
}

// openTrace returns nil if name is empty.
func openTrace(name string, log *slog.Logger) (*traceFile, error) {
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
	return &traceFile{file: f, encoder: trace.NewEncoder(f), log: log}, nil
}

func (t *traceFile) transition(tr transport.Transition) {
	if t != nil && !t.over {
		t.encoder.Transition(trace.Transition(tr))
	}
}

// end writes the lines of a connection.
func (t *traceFile) end(r transport.Result) {
	if t == nil || t.over {
		return
	}
	result := trace.ErrorResult
	if r.Good {
		result = strconv.FormatInt(r.Bytes, 10)
	}
	t.file.SetWriteDeadline(time.Now().Add(tracePatience)) // regular files have none
	t.check(t.encoder.End(trace.End{Connection: r.Connection, Result: result, Bytes: r.Bytes, Since: r.Elapsed}))
}

func (t *traceFile) close() {
	if t == nil {
		return
	}
	if err := t.file.Close(); !t.over {
		t.check(err)
	}
}

func (t *traceFile) check(err error) {
	if err != nil {
		t.over = true
		t.log.Warn(fmt.Sprintf("trace: %v; from here on nothing is traced", err))
	}
}
