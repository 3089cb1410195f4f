//go:build linux

package simkernel

import (
	"cmp"
	"fmt"
	"slices"

	"golang.org/x/sys/unix"
)

// Process is who makes system calls. Its methods of those names may be called
// by any goroutine; an error is an Errno. The numbers of its descriptors are
// never used again, so that a use after the close is noticed (see Misuses).
type Process struct {
	// Limit is how many bytes one call moves at most; 0: any number.
	Limit       int
	descriptors int // the limit RLIMIT_NOFILE; 0: none

	k       *Kernel
	files   map[int]file
	last    int
	faults  map[string][]error
	calls   map[string]int
	misuses []string
	held    bool // the kernel's lock, by AtOnce
}

// file is what a descriptor stands for.
type file interface {
	// ready returns which of the events of poll(2) hold.
	ready() int16
	// blocking says that O_NONBLOCK is not set.
	blocking() bool
	close()
}

// Process returns a new process, which has the descriptors 0, 1 and 2 already.
func (k *Kernel) Process() *Process {
	return &Process{k: k, files: map[int]file{}, last: 2, faults: map[string][]error{}, calls: map[string]int{}}
}

// Fail makes the next calls of that name fail, each with the next of the
// errors; nil is a call that does what it is to do. The names are those of the
// man pages; getsockopt is TCPInfo, and recvfrom Recv.
func (p *Process) Fail(call string, errs ...error) {
	p.k.mu.Lock()
	defer p.k.mu.Unlock()
	p.faults[call] = append(p.faults[call], errs...)
}

// SetDescriptors sets the limit of descriptors (getrlimit(2), RLIMIT_NOFILE); 0 is none.
func (p *Process) SetDescriptors(descriptors int) {
	p.k.mu.Lock()
	defer p.k.mu.Unlock()
	p.descriptors = descriptors
}

// Calls returns how many calls of that name have begun.
func (p *Process) Calls(call string) int {
	p.k.mu.Lock()
	defer p.k.mu.Unlock()
	return p.calls[call]
}

// Open returns the descriptors that are open, in order.
func (p *Process) Open() (fds []int) {
	p.k.mu.Lock()
	defer p.k.mu.Unlock()
	for fd := range p.files {
		fds = append(fds, fd)
	}
	slices.Sort(fds)
	return fds
}

// Misuses tells of the calls that named a descriptor that was not open.
func (p *Process) Misuses() []string {
	p.k.mu.Lock()
	defer p.k.mu.Unlock()
	return slices.Clone(p.misuses)
}

// AtOnce calls f, and what the process does in it is seen by the others all at
// once. The process must have no other goroutine meanwhile.
func (p *Process) AtOnce(f func()) {
	p.k.mu.Lock()
	defer p.k.mu.Unlock()
	p.held = true
	defer func() { p.held = false }()
	f()
}

// call is a system call: what it does, or the fault that is its turn.
func (p *Process) call(name string, do func() error) error {
	if !p.held {
		p.k.mu.Lock()
		defer p.k.mu.Unlock()
	}
	p.calls[name]++
	defer p.k.changed.Broadcast()
	var fault error
	if list := p.faults[name]; len(list) > 0 {
		fault, p.faults[name] = list[0], list[1:]
	}
	if fault != nil && name != "close" { // that closes even where it fails
		return fault
	}
	return cmp.Or(fault, do())
}

// on is a system call on an open descriptor.
func (p *Process) on(name string, fd int, do func(file) error) error {
	return p.call(name, func() error {
		f, ok := p.files[fd]
		if !ok {
			p.misuses = append(p.misuses, fmt.Sprintf("%s of descriptor %d", name, fd))
			return unix.EBADF
		}
		return do(f)
	})
}

// onSocket is a system call on a socket.
func (p *Process) onSocket(name string, fd int, do func(*socket) error) error {
	return p.on(name, fd, func(f file) error {
		s, ok := f.(*socket)
		if !ok {
			return unix.ENOTSOCK
		}
		return do(s)
	})
}

// wait is a call that blocks, unless it must not, as long as it says EAGAIN.
func (p *Process) wait(f file, dont bool, try func() error) error {
	for {
		if err := try(); err != unix.EAGAIN || dont || !f.blocking() {
			return err
		}
		p.k.changed.Wait()
	}
}

// descriptor makes one.
func (p *Process) descriptor(f file) (int, error) {
	if p.full() {
		return 0, unix.EMFILE
	}
	p.last++
	p.files[p.last] = f
	return p.last, nil
}

func (p *Process) full() bool { return p.descriptors > 0 && len(p.files)+3 >= p.descriptors }

func (p *Process) most(n int) int {
	if p.Limit > 0 {
		return min(n, p.Limit)
	}
	return n
}

// Close is close(2).
func (p *Process) Close(fd int) error {
	return p.on("close", fd, func(f file) error {
		delete(p.files, fd)
		f.close()
		return nil
	})
}

// Read is read(2).
func (p *Process) Read(fd int, b []byte) (n int, err error) {
	err = p.on("read", fd, func(f file) error {
		return p.wait(f, false, func() (err error) {
			switch f := f.(type) {
			case *eventfd:
				n, err = f.read(b)
			case *socket:
				var taken []byte
				taken, err = f.receive(p.most(len(b)), true)
				n = copy(b, taken)
			}
			return err
		})
	})
	return n, err
}

// Write is write(2).
func (p *Process) Write(fd int, b []byte) (n int, err error) {
	err = p.on("write", fd, func(f file) error {
		return p.wait(f, false, func() (err error) {
			switch f := f.(type) {
			case *eventfd:
				n, err = f.write(b)
			case *socket:
				n, err = f.send(b[:p.most(len(b))], false)
			}
			return err
		})
	})
	return n, err
}
