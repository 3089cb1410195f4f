package main

import (
	"context"
	"fmt"
	"io"
	"os"
)

// openUnless is open, but does not wait for the writer of a named pipe when ctx
// is done.
func openUnless(ctx context.Context, name string) (*os.File, os.FileInfo, error) {
	var (
		file *os.File
		info os.FileInfo
		err  error
	)
	done := make(chan struct{})
	go func() {
		defer close(done)
		file, info, err = open(name)
	}()
	select {
	case <-done:
		return file, info, err
	case <-ctx.Done():
		return nil, nil, fmt.Errorf("told to stop before %s could be opened", name)
	}
}

// open returns what to send.
func open(name string) (*os.File, os.FileInfo, error) {
	file := os.Stdin
	if name != "-" {
		var err error
		if file, err = os.Open(name); err != nil {
			return nil, nil, fmt.Errorf("cannot read the file: %w", err)
		}
	}
	info, err := file.Stat()
	if err != nil {
		return nil, nil, fmt.Errorf("cannot read the file: %w", err)
	}
	if info.IsDir() {
		return nil, nil, fmt.Errorf("%s is a directory; wanted a file", name)
	}
	return file, info, nil
}

// left returns how many bytes of the file are to come, or -1 where that is not
// known: files of /proc have contents and no size.
func left(file *os.File, info os.FileInfo) int64 {
	if !info.Mode().IsRegular() {
		return -1
	}
	at, _ := file.Seek(0, io.SeekCurrent)
	if n := info.Size() - at; n > 0 {
		return n
	}
	return -1
}
