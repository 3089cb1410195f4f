package transport

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"time"
)

// uploadChunk bounds what one call sends, and so how coarsely progress is seen.
const uploadChunk = 256 << 10

// source is what a client uploads.
type source interface {
	// fill waits until there is something to send, but not longer than patience:
	// errNothingYet. It returns io.EOF if there is no more.
	fill(ctx context.Context, patience time.Duration) error
	// send gives some of what there is to the connection.
	send(conn Conn) (int64, error)
	// close frees what the source holds; it does not close what it reads from.
	close()
}

var errNothingYet = errors.New("nothing to send yet")

// newSource returns a source that the kernel moves by itself (sendfile(2))
// where r is a regular file and the connection can, and a buffered one for
// anything else.
func newSource(r io.Reader, conn Conn) source {
	file, isFile := r.(*os.File)
	to, canSend := conn.(io.ReaderFrom)
	if isFile && canSend {
		if info, err := file.Stat(); err == nil && info.Mode().IsRegular() {
			at, _ := file.Seek(0, io.SeekCurrent) // which send does too
			return &fileSource{file: file, at: at, size: info.Size(), to: to}
		}
	}
	return newStreamSource(r)
}

type fileSource struct {
	file *os.File
	at   int64 // where the next byte to send is
	size int64 // when it was opened, as the system has it: files of /proc and /sys have another
	to   io.ReaderFrom
}

// fill looks for a byte: a file may have grown since it was opened, and one
// that has shrunk is not sent as if it were whole. One that ends early with the
// size it had never had that many bytes, as it is with sysfs. That it ends there
// is read after its size, for it may have been shorter for a moment.
func (s *fileSource) fill(context.Context, time.Duration) error {
	err := s.look()
	if err != io.EOF || s.at >= s.size {
		return err
	}
	if info, err := s.file.Stat(); err == nil && info.Size() < s.size {
		return s.shrunk()
	}
	return s.look()
}

func (s *fileSource) look() error {
	var next [1]byte
	_, err := s.file.ReadAt(next[:], s.at)
	return err
}

func (s *fileSource) shrunk() error {
	sizes := ""
	if info, err := s.file.Stat(); err == nil {
		sizes = fmt.Sprintf(", to %d bytes", info.Size())
		if info.Size() < s.size {
			sizes = fmt.Sprintf(", from %d to %d bytes", s.size, info.Size())
		}
	}
	return fmt.Errorf("the file has become shorter while it was sent%s: %w", sizes, io.ErrUnexpectedEOF)
}

func (s *fileSource) send(conn Conn) (int64, error) {
	// Package net may have read what it then could not write.
	if _, err := s.file.Seek(s.at, io.SeekStart); err != nil {
		return 0, err
	}
	n, err := s.to.ReadFrom(&io.LimitedReader{R: s.file, N: uploadChunk})
	if n == 0 && errors.Is(err, os.ErrDeadlineExceeded) {
		n, err = s.sendCopy(conn) // ReadFrom does not look once the deadline has passed
	}
	s.at += n
	if n == 0 && (err == nil || err == io.EOF) { // there was a byte when fill looked
		return 0, s.shrunk()
	}
	return n, err
}

func (s *fileSource) sendCopy(conn Conn) (int64, error) {
	p := make([]byte, uploadChunk)
	n, err := s.file.ReadAt(p, s.at)
	if n == 0 {
		return 0, err
	}
	n, err = conn.Write(p[:n])
	return int64(n), err
}

func (s *fileSource) close() {}

// streamSource reads in a goroutine of its own, so that a reader that blocks (a
// terminal, a pipe) does not keep the session from being told to stop. The
// goroutine ends at the latest when the Read in progress at close returns.
type streamSource struct {
	chunks  chan chunk
	done    chan struct{}
	current chunk // text: what is left of it to send
}

type chunk struct {
	text []byte
	err  error // that came with it
}

func newStreamSource(r io.Reader) *streamSource {
	s := &streamSource{chunks: make(chan chunk), done: make(chan struct{})}
	go s.read(r)
	return s
}

// read fills two buffers in turn: a chunk is taken when the one before is sent.
func (s *streamSource) read(r io.Reader) {
	buffer, other := make([]byte, uploadChunk), make([]byte, uploadChunk)
	for {
		n, err := r.Read(buffer)
		select {
		case s.chunks <- chunk{buffer[:n], err}:
		case <-s.done:
			return
		}
		if err != nil {
			return
		}
		buffer, other = other, buffer
	}
}

func (s *streamSource) fill(ctx context.Context, patience time.Duration) error {
	late := time.After(patience)
	for len(s.current.text) == 0 {
		if s.current.err != nil {
			return s.current.err
		}
		select {
		case s.current = <-s.chunks:
		case <-late:
			return errNothingYet
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	return nil
}

func (s *streamSource) send(conn Conn) (int64, error) {
	n, err := conn.Write(s.current.text)
	s.current.text = s.current.text[n:]
	return int64(n), err
}

func (s *streamSource) close() { close(s.done) }
