//go:build linux

package simkernel

import (
	"encoding/binary"

	"golang.org/x/sys/unix"
)

// eventfd is one of eventfd(2), not a semaphore.
type eventfd struct {
	count    uint64
	nonblock bool
}

// Eventfd is eventfd(2).
func (p *Process) Eventfd(count uint, flags int) (fd int, err error) {
	err = p.call("eventfd", func() (err error) {
		fd, err = p.descriptor(&eventfd{uint64(count), flags&unix.EFD_NONBLOCK != 0})
		return err
	})
	return fd, err
}

func (e *eventfd) ready() int16 {
	if e.count == 0 {
		return unix.POLLOUT
	}
	return unix.POLLIN | unix.POLLOUT
}

func (e *eventfd) blocking() bool { return !e.nonblock }
func (e *eventfd) close()         {}

func (e *eventfd) read(b []byte) (int, error) {
	switch {
	case len(b) < 8:
		return 0, unix.EINVAL
	case e.count == 0:
		return 0, unix.EAGAIN
	}
	binary.NativeEndian.PutUint64(b, e.count)
	e.count = 0
	return 8, nil
}

func (e *eventfd) write(b []byte) (int, error) {
	if len(b) < 8 {
		return 0, unix.EINVAL
	}
	e.count += binary.NativeEndian.Uint64(b)
	return 8, nil
}
