//go:build linux

package simkernel

import (
	"slices"
	"time"

	"golang.org/x/sys/unix"
)

// epoll is a set of epoll(7).
type epoll struct {
	interests []*interest // in the order in which they came
}

// interest is a descriptor in a set. It is level-triggered, or a listener and
// edge-triggered.
type interest struct {
	fd    int
	file  file
	event unix.EpollEvent
	told  int // of how much of the listener's news
}

// edge says whether it is news that a descriptor is ready, which it is for those that are
// level-triggered always.
func (i *interest) edge() bool {
	if i.event.Events&unix.EPOLLET == 0 {
		return true
	}
	told, l := i.told, i.file.(*socket)
	i.told = l.news
	return told != l.news
}

// EpollCreate is epoll_create1(2).
func (p *Process) EpollCreate(int) (fd int, err error) {
	err = p.call("epoll_create1", func() (err error) {
		fd, err = p.descriptor(&epoll{})
		return err
	})
	return fd, err
}

func (e *epoll) ready() int16   { return 0 }
func (e *epoll) blocking() bool { return true }
func (e *epoll) close()         {}

// EpollCtl is epoll_ctl(2).
func (p *Process) EpollCtl(set, op, fd int, event *unix.EpollEvent) error {
	return p.on("epoll_ctl", set, func(f file) error {
		e, ok := f.(*epoll)
		if !ok {
			return unix.EINVAL
		}
		watched, open := p.files[fd]
		if !open {
			return unix.EBADF
		}
		if op != unix.EPOLL_CTL_DEL && event.Events&(unix.EPOLLET|unix.EPOLLONESHOT) != 0 {
			if l, ok := watched.(*socket); !ok || !l.listening || event.Events&unix.EPOLLONESHOT != 0 {
				panic("simkernel: only listeners are edge-triggered, and nothing is one-shot")
			}
		}
		i := slices.IndexFunc(e.interests, func(i *interest) bool { return i.file == watched })
		switch {
		case op == unix.EPOLL_CTL_ADD && i >= 0:
			return unix.EEXIST
		case op != unix.EPOLL_CTL_ADD && i < 0:
			return unix.ENOENT
		case op == unix.EPOLL_CTL_DEL:
			e.interests = slices.Delete(e.interests, i, i+1)
		case op == unix.EPOLL_CTL_ADD:
			e.interests = append(e.interests, &interest{fd, watched, *event, -1})
		default:
			e.interests[i].event, e.interests[i].told = *event, -1
		}
		return nil
	})
}

// EpollWait is epoll_wait(2).
func (p *Process) EpollWait(set int, events []unix.EpollEvent, timeout int) (n int, err error) {
	err = p.on("epoll_wait", set, func(f file) error {
		e, ok := f.(*epoll)
		if !ok || len(events) == 0 {
			return unix.EINVAL
		}
		passed := timeout == 0
		if timeout > 0 {
			defer time.AfterFunc(time.Duration(timeout)*time.Millisecond, func() {
				p.k.mu.Lock()
				defer p.k.mu.Unlock()
				passed = true
				p.k.changed.Broadcast()
			}).Stop()
		}
		for {
			if n = p.reported(e, events); n > 0 || passed {
				return nil
			}
			p.k.changed.Wait()
		}
	})
	return n, err
}

// reported reports what is ready, what came first into the set first. A descriptor that
// was closed is in no set.
func (p *Process) reported(e *epoll, events []unix.EpollEvent) (n int) {
	e.interests = slices.DeleteFunc(e.interests, func(i *interest) bool { return p.files[i.fd] != i.file })
	for _, i := range e.interests {
		ready := uint32(i.file.ready()) & (i.event.Events | unix.EPOLLERR | unix.EPOLLHUP)
		if ready == 0 || n == len(events) || !i.edge() {
			continue
		}
		events[n] = unix.EpollEvent{Events: ready, Fd: i.event.Fd, Pad: i.event.Pad}
		n++
	}
	return n
}
