package main

import (
	"context"
	"fmt"
	"io"
	"os"
)

// openUnless is open, but does not wait for the writer of a named pipe when ctx
// is done.
func openUnless(ctx context.Context, name string) (*os.File, int64, error) {
	type opened struct {
		file *os.File
		size int64
		err  error
	}
	done := make(chan opened, 1)
	go func() {
		file, size, err := open(name)
		done <- opened{file, size, err}
	}()
	select {
	case o := <-done:
		return o.file, o.size, o.err
	case <-ctx.Done():
		return nil, 0, fmt.Errorf("told to stop before %s could be opened", name)
	}
}

// open returns what to send and its size, or -1 where that is not known.
func open(name string) (*os.File, int64, error) {
	file := os.Stdin
	if name != "-" {
		var err error
		if file, err = os.Open(name); err != nil {
			return nil, 0, fmt.Errorf("cannot read the file: %w", err)
		}
	}
	info, err := file.Stat()
	switch {
	case err != nil:
		return nil, 0, fmt.Errorf("cannot read the file: %w", err)
	case info.IsDir():
		return nil, 0, fmt.Errorf("%s is a directory; wanted a file", name)
	case !info.Mode().IsRegular():
		return file, -1, nil
	}
	at, err := file.Seek(0, io.SeekCurrent)
	if err != nil {
		return nil, 0, fmt.Errorf("cannot read the file: %w", err)
	}
	return file, max(0, info.Size()-at), nil
}
