package trace

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"syscall"
	"time"
)

// Patience is how long the lines of a connection may block where a trace is not
// a regular file but a pipe, for example.
const Patience = time.Second

// ErrInUse is a trace that another program writes.
var ErrInUse = errors.New("another program writes this trace; choose another file")

// File is a trace in a file, of which it has the lock while it is open. One
// goroutine uses it.
type File struct {
	*Encoder
	file *os.File
}

// Create opens a file that may exist and makes it an empty trace. A named pipe,
// or a device, is written to as it is.
func Create(name string) (*File, error) {
	f, regular, err := open(name)
	if err == nil && regular {
		if err = f.Truncate(0); err != nil {
			f.Close()
		}
	}
	if err != nil {
		return nil, err
	}
	return newFile(f), nil
}

// Append is Create that keeps what the trace has, and begins a run behind it.
func Append(name string) (*File, error) {
	f, regular, err := open(name)
	if err == nil && regular {
		if err = endsWhole(name); err != nil {
			f.Close()
		}
	}
	if err != nil {
		return nil, err
	}
	appended := newFile(f)
	appended.Run(appended.began)
	return appended, nil
}

func newFile(f *os.File) *File {
	encoder := NewEncoder(whole{f})
	encoder.began = time.Now()
	return &File{encoder, f}
}

// Close closes the file.
func (f *File) Close() error { return f.file.Close() }

// open opens a file for writing at its end, and locks it if it is a regular one.
func open(name string) (f *os.File, regular bool, err error) {
	// O_NONBLOCK refuses a named pipe that nobody reads, instead of waiting for
	// a reader for ever.
	f, err = os.OpenFile(name, os.O_WRONLY|os.O_CREATE|atEnd|syscall.O_NONBLOCK, 0o666)
	if errors.Is(err, syscall.ENXIO) {
		return nil, false, fmt.Errorf("%w; %s", err, nobody(name))
	}
	if err != nil {
		return nil, false, err
	}
	info, err := f.Stat()
	if err == nil && info.Mode().IsRegular() {
		regular = true
		if err = lock(f); err != nil {
			err = fmt.Errorf("%s: %w", name, err)
		} else if _, err = f.Seek(0, io.SeekEnd); err != nil {
			err = fmt.Errorf("its end: %w", err)
		}
	}
	if err != nil {
		f.Close()
		return nil, false, err
	}
	return f, regular, nil
}

// nobody says why there is nobody behind a name (ENXIO of open(2)).
func nobody(name string) string {
	if info, err := os.Stat(name); err == nil && info.Mode()&os.ModeNamedPipe != 0 {
		return "nobody reads that named pipe, start its reader first"
	}
	return "nothing is behind that device; a process without a terminal has no /dev/tty"
}

// endsWhole returns an error if the file has a line and its last one is not the
// end of a connection.
func endsWhole(name string) error {
	f, err := os.Open(name)
	if err != nil {
		return err
	}
	defer f.Close()
	size, err := f.Seek(0, io.SeekEnd)
	if err != nil || size == 0 {
		return err
	}
	text := make([]byte, min(size, maxLine+int64(len("\n"))))
	if _, err := f.ReadAt(text, size-int64(len(text))); err != nil {
		return err
	}
	line, ended := bytes.CutSuffix(text, []byte("\n"))
	r, wrong := decode(line[bytes.LastIndexByte(line, '\n')+1:])
	if !ended || wrong != nil || !r.end() {
		return fmt.Errorf("%s does not end with the end of a connection, nothing can be appended to it; \"accio trace %s\" tells more", name, name)
	}
	return nil
}

// whole is a file of which a write leaves all or nothing.
type whole struct{ *os.File }

// Write implements io.Writer. Of what a regular file could not hold it removes
// what is there; a pipe takes the lines of a connection whole, or not at all
// (PIPE_BUF).
func (w whole) Write(p []byte) (int, error) {
	w.SetWriteDeadline(time.Now().Add(Patience)) // regular files have none
	n, err := w.File.Write(p)
	if err == nil || n == 0 {
		return n, err
	}
	info, failed := w.Stat()
	switch {
	case failed != nil:
	case !info.Mode().IsRegular():
		return n, err
	default:
		failed = w.Truncate(info.Size() - int64(n))
	}
	if failed != nil {
		return n, fmt.Errorf("%w; a part of a connection is left in it: %w", err, failed)
	}
	return 0, err
}
