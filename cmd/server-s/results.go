package main

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"accio/internal/cli"
	"accio/internal/record"
	"accio/transport"
)

// resultPatience is how long a result may block on standard output after
// shutdown (docs/protocol.md §6). Before shutdown it may block for ever.
const resultPatience = time.Second

// results prints one line a connection. It writes where it is called, as to
// hand each line to another goroutine would cost a session more than all its
// system calls; whether it is blocked can be seen from elsewhere.
type results struct {
	out      io.Writer
	json     bool
	instance string // in JSON
	buffer   []byte
	writing  atomic.Pointer[write]

	late *time.Timer // runs while a write does, for blockedPatience
	mu   sync.Mutex  // while the log is told
	told bool        // the log was told of the write in progress
	log  *slog.Logger
}

// write is a write in progress.
type write struct {
	connection uint64
	since      time.Time
}

func newResults(w io.Writer, json bool, log *slog.Logger) *results {
	p := &results{out: w, json: json, log: log}
	p.late = time.AfterFunc(blockedPatience, p.warn)
	p.late.Stop()
	return p
}

// lostError is a result that could not be written.
type lostError struct {
	connection uint64
	others     int // that were in service, and have none either
	err        error
}

func (e *lostError) Error() string {
	others := ""
	switch {
	case e.others == 1:
		others = ", and that of another that was in service"
	case e.others > 1:
		others = fmt.Sprintf(", and those of %d others that were in service", e.others)
	}
	return fmt.Sprintf("standard output: %v; the result of connection %d is lost%s", e.err, e.connection, others)
}

func (e *lostError) Unwrap() error { return e.err }

func (p *results) print(r transport.Result) error {
	line := p.line(r)
	p.writing.Store(&write{r.Connection, time.Now()})
	p.late.Reset(blockedPatience)
	_, err := p.out.Write(line)
	p.over(err)
	if err != nil {
		return &lostError{connection: r.Connection, err: err}
	}
	return nil
}

// await waits for what serves, and gives it up when it is blocked in writing a
// result too long after shutdown, with the others in service.
func (p *results) await(ctx context.Context, served <-chan error, others func() int) error {
	select {
	case err := <-served:
		return err
	case <-ctx.Done():
	}
	const look = resultPatience / 10
	for wait := resultPatience; ; wait = look {
		select {
		case err := <-served:
			return err
		case <-time.After(wait):
		}
		if w := p.abandon(resultPatience); w != nil {
			return &lostError{w.connection, others(), cli.ErrBlocked}
		}
	}
}

func (p *results) line(r transport.Result) []byte {
	switch {
	case p.json:
		return record.JSON(r, record.Received, p.instance)
	case r.Good:
		p.buffer = append(strconv.AppendInt(p.buffer[:0], r.Bytes, 10), '\n')
		return p.buffer
	}
	return errorWord
}

var errorWord = []byte("ERROR\n")
