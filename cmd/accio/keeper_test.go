package main

import (
	"errors"
	"io"
	"testing"
)

// answers is a writer that has an error, or none, for each of its writes.
type answers []error

func (a *answers) Write(p []byte) (int, error) {
	err := (*a)[0]
	*a = (*a)[1:]
	if err != nil {
		return 1, err
	}
	return len(p), nil
}

// What was lost first is told, though what follows is written.
func TestKeeper(t *testing.T) {
	k := &keeper{out: &answers{nil, io.ErrShortWrite, io.ErrClosedPipe, nil}}
	for i, want := range []error{nil, io.ErrShortWrite, io.ErrClosedPipe, nil} {
		n, err := k.Write([]byte("two"))
		if wantN := map[bool]int{true: 3, false: 1}[want == nil]; n != wantN || !errors.Is(err, want) {
			t.Errorf("write %d: %d, %v", i, n, err)
		}
	}
	if k.err != io.ErrShortWrite {
		t.Error(k.err)
	}
}
