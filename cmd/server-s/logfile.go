package main

import (
	"errors"
	"fmt"
	"log/slog"
	"os"
	"sync"
	"syscall"

	"accio/internal/errno"
	"accio/internal/record"
)

var errLogIsTrace = errors.New("--log-file and --trace are the same file; give each its own")

// logFile is the file of --log-file, at whose end whole lines are written. Any goroutine
// may use it; nil is none.
type logFile struct {
	name   string
	stderr *slog.Logger // is told once that it cannot be written, until it can

	mu   sync.Mutex
	file *os.File
	line []byte // the last one
	rest []byte // of it that is not in the file, if the beginning is
	told bool
}

func openLogFile(name string, stderr *slog.Logger) (*logFile, error) {
	f, err := appendTo(name)
	if err != nil {
		return nil, fmt.Errorf("cannot write the log: %w", errno.Explain(err))
	}
	return &logFile{name: name, stderr: stderr, file: f}, nil
}

// appendTo opens a file, which may be new, for writing at its end.
func appendTo(name string) (*os.File, error) {
	// O_NONBLOCK refuses a named pipe that nobody reads, instead of waiting for a
	// reader for ever.
	f, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_APPEND|syscall.O_NONBLOCK, 0o640)
	if errors.Is(err, syscall.ENXIO) {
		err = fmt.Errorf("%w; nobody reads that named pipe, start its reader first", err)
	}
	return f, err
}

// is reports whether a regular file of that name is the one that is open.
func (l *logFile) is(name string) bool {
	if l == nil {
		return false
	}
	there, err1 := os.Stat(name)
	open, err2 := l.file.Stat()
	return err1 == nil && err2 == nil && open.Mode().IsRegular() && os.SameFile(there, open)
}

// Write implements io.Writer. An error is that nothing of the line is in the file. Where
// its beginning is, as a disk is full, the rest of it comes before the next. It keeps line.
func (l *logFile) Write(line []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if err := l.put(); err != nil {
		return 0, err
	}
	l.line, l.rest = line, line
	if err := l.put(); err != nil && len(l.rest) == len(line) {
		l.rest = nil
		return 0, err
	}
	return len(line), nil
}

// put writes the rest of a line.
func (l *logFile) put() error {
	if len(l.rest) == 0 {
		return nil
	}
	n, err := l.file.Write(l.rest)
	l.rest = l.rest[n:]
	if err != nil && !l.told {
		l.stderr.Warn("the log cannot be written", "error", err)
	}
	l.told = err != nil
	return err
}

var errSameLog = errors.New("it is the same file still; rename it first")

// reopen opens the file by its name, which somebody has given to another one meanwhile. If
// that cannot be, it stays where it is (docs/protocol.md §6.17).
func (l *logFile) reopen(log *slog.Logger) {
	if l == nil {
		return
	}
	switch err := l.swap(); {
	case errors.Is(err, errSameLog):
		log.Info("log not reopened", "reason", err)
	case err != nil:
		for _, log := range []*slog.Logger{log, l.stderr} { // as the file may be gone
			log.Warn("cannot reopen the log; the one of before goes on", record.NotReopened(err)...)
		}
	default:
		log.Info("log reopened")
	}
}

func (l *logFile) swap() error {
	f, err := appendTo(l.name)
	if err != nil {
		return err
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	next, err1 := f.Stat()
	now, err2 := l.file.Stat()
	if err := errors.Join(err1, err2); err != nil {
		f.Close()
		return err
	}
	if os.SameFile(now, next) {
		f.Close()
		return fmt.Errorf("%s: %w", l.name, errSameLog)
	}
	if l.put() != nil {
		l.rest = l.line // whole, where there is room
	}
	old := l.file
	l.file = f
	return old.Close()
}
