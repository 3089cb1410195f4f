package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"runtime"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"accio/protocol"

	"golang.org/x/sys/unix"
)

// opening is how many connections of a crowd that is only to be there are begun
// at a time: a server's queue has to hold them.
const opening = 256

// crowd is many clients in one epoll(7) and one thread, each of which makes
// sessions of its own: the least that many clients can cost.
type crowd struct {
	load     *client
	epoll    int
	to       unix.SockaddrInet4
	ends     []end
	reel     int // the descriptor of load.reel
	confirm1 []byte
	confirm2 []byte // with as much of the payload as fits into one segment
	rest     int64  // of the payload
	events   [256]unix.EpollEvent
}

// newCrowd returns clients of which the first connects from source(first).
func newCrowd(load *client, port, first, clients int, size int64) (*crowd, error) {
	fd, err := unix.EpollCreate1(unix.EPOLL_CLOEXEC)
	if err != nil {
		return nil, os.NewSyscallError("epoll_create1", err)
	}
	c := &crowd{load: load, epoll: fd, to: unix.SockaddrInet4{Port: port, Addr: [4]byte{127, 0, 0, 1}},
		ends: make([]end, clients), reel: int(load.reel.Fd()), confirm1: []byte(protocol.Confirm1), confirm2: []byte(protocol.Confirm2)}
	if size <= smallBytes {
		c.confirm2 = append(c.confirm2, make([]byte, size)...)
	} else {
		c.rest = size
	}
	for i := range c.ends {
		c.ends[i].step, c.ends[i].from.Addr = over, source(first+i)
	}
	return c, nil
}

func (c *crowd) close() {
	for i := range c.ends {
		if c.ends[i].step != over {
			c.ends[i].close()
		}
	}
	unix.Close(c.epoll)
}

func (c *crowd) open(i int) error {
	if err := c.ends[i].connect(&c.to); err != nil {
		return err
	}
	return c.watch(unix.EPOLL_CTL_ADD, i, unix.EPOLLIN)
}

func (c *crowd) watch(how, i int, events uint32) error {
	return os.NewSyscallError("epoll_ctl", unix.EpollCtl(c.epoll, how, c.ends[i].fd, &unix.EpollEvent{Events: events, Fd: int32(i)}))
}

// advance lets a client do what it can, but nothing in the step named rest.
func (c *crowd) advance(i int, rest step) error {
	e := &c.ends[i]
	blocked := e.blocks
	err := e.advance(c, rest)
	if err != nil || e.blocks == blocked {
		return err
	}
	if e.blocks {
		return c.watch(unix.EPOLL_CTL_MOD, i, unix.EPOLLOUT)
	}
	return c.watch(unix.EPOLL_CTL_MOD, i, unix.EPOLLIN)
}

// each calls ready for every client that has something to do, until it has
// returned true so many times.
func (c *crowd) each(ctx context.Context, times int, ready func(i int) (bool, error)) error {
	for last := time.Now(); times > 0; {
		n, err := again(func() (int, error) { return unix.EpollWait(c.epoll, c.events[:], 100) })
		if err != nil {
			return os.NewSyscallError("epoll_wait", err)
		}
		if n == 0 {
			if err := ctx.Err(); err != nil {
				return err
			}
			if time.Since(last) > clientPatience {
				return fmt.Errorf("the server did nothing for %s, and %d clients wait", clientPatience, times)
			}
			continue
		}
		last = time.Now()
		for _, event := range c.events[:n] {
			done, err := ready(int(event.Fd))
			if err != nil {
				return err
			}
			if done {
				times--
			}
		}
	}
	return nil
}

// serveAll makes sessions until none is left.
func (c *crowd) serveAll(ctx context.Context, left *atomic.Int64) error {
	opened := 0
	for i := range c.ends {
		if left.Add(-1) < 0 {
			break
		}
		if err := c.open(i); err != nil {
			return err
		}
		opened++
	}
	return c.each(ctx, opened, func(i int) (bool, error) {
		if err := c.advance(i, over); err != nil || c.ends[i].step != over {
			return false, err
		}
		if left.Add(-1) < 0 {
			return true, nil
		}
		return false, c.open(i)
	})
}

// settle connects all clients and lets each go as far as rest(i), where it
// stays.
func (c *crowd) settle(ctx context.Context, rest func(i int) step) error {
	next := 0
	open := func() error {
		if next == len(c.ends) {
			return nil
		}
		next++
		return c.open(next - 1)
	}
	for range opening {
		if err := open(); err != nil {
			return err
		}
	}
	return c.each(ctx, len(c.ends), func(i int) (bool, error) {
		if c.ends[i].step == rest(i) {
			return false, errors.New("the server did something to a client that stays idle")
		}
		if err := c.advance(i, rest(i)); err != nil || c.ends[i].step != rest(i) {
			return false, err
		}
		return true, open()
	})
}

// leave ends the clients' sides and waits until the server has closed them all.
func (c *crowd) leave(ctx context.Context) error {
	for i := range c.ends {
		if err := c.ends[i].endStream(); err != nil {
			return err
		}
	}
	return c.each(ctx, len(c.ends), func(i int) (bool, error) {
		err := c.advance(i, over)
		return c.ends[i].step == over, err
	})
}

// sendMany makes sessions of size bytes by so many clients at once. They are
// shared out among the processors, so that the clients together can use up
// what the server leaves of the machine.
func (c *client) sendMany(ctx context.Context, port, first, clients, sessions int, size int64) error {
	var left atomic.Int64
	left.Store(int64(sessions))
	loops := min(runtime.NumCPU(), clients)
	failures := make([]error, loops)
	var all sync.WaitGroup
	for k := range loops {
		from, to := k*clients/loops, (k+1)*clients/loops
		all.Go(func() {
			part, err := newCrowd(c, port, first+from, to-from, size)
			if err == nil {
				err = part.serveAll(ctx, &left)
				part.close()
			}
			failures[k] = err
		})
	}
	all.Wait()
	return errors.Join(failures...)
}

// raiseDescriptors raises the limit of descriptors, which servers inherit, as
// far as it may be raised, and returns it.
func raiseDescriptors() (int, error) {
	var limit syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_NOFILE, &limit); err != nil {
		return 0, os.NewSyscallError("getrlimit", err)
	}
	limit.Cur = limit.Max
	// By package syscall: the runtime keeps it from giving children the limit
	// that this program was started with.
	return int(min(limit.Cur, 1<<30)), os.NewSyscallError("setrlimit", syscall.Setrlimit(syscall.RLIMIT_NOFILE, &limit))
}
