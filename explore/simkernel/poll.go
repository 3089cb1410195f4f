//go:build linux

package simkernel

import (
	"time"

	"golang.org/x/sys/unix"
)

// Ppoll is ppoll(2) without a signal mask.
func (p *Process) Ppoll(fds []unix.PollFd, timeout *unix.Timespec) (n int, err error) {
	err = p.call("ppoll", func() error {
		passed := false
		if timeout != nil {
			d := time.Duration(timeout.Nano())
			if d < 0 {
				return unix.EINVAL
			}
			if passed = d == 0; !passed {
				defer time.AfterFunc(d, func() {
					p.k.mu.Lock()
					defer p.k.mu.Unlock()
					passed = true
					p.k.changed.Broadcast()
				}).Stop()
			}
		}
		for {
			if n = p.poll(fds); n > 0 || passed {
				return nil
			}
			p.k.changed.Wait()
		}
	})
	return n, err
}

func (p *Process) poll(fds []unix.PollFd) (n int) {
	for i := range fds {
		at := &fds[i]
		if f, open := p.files[int(at.Fd)]; open {
			at.Revents = f.ready() & (at.Events | unix.POLLERR | unix.POLLHUP)
		} else {
			at.Revents = unix.POLLNVAL
		}
		if at.Revents != 0 {
			n++
		}
	}
	return n
}
