package main

import (
	"fmt"
	"os"

	"accio/protocol"

	"golang.org/x/sys/unix"
)

// step is what a client among many does next.
type step int

const (
	awaitFirst  step = iota // the first command
	confirm                 // it has come; to confirm it
	awaitSecond             // the second command
	sending                 // both are confirmed; to send the rest of the payload
	awaitClose              // our side is ended
	over
)

// end is one client's end among many: a non-blocking socket and how far it is.
type end struct {
	fd     int
	step   step
	got    int   // of a command
	sent   int64 // of the payload, without what the confirmation has taken along
	blocks bool  // the socket takes no more at present
	from   unix.SockaddrInet4
}

// source is the address that the i-th of many clients connects from. A client
// ends its side first, so it is its address and port that are not used again
// for a minute (TIME_WAIT); one address has 28,000 ports.
func source(i int) [4]byte { return [4]byte{127, 1, byte(i >> 8), byte(i)} }

// connect opens a connection. What cannot be connected at once is found out when
// the command does not come.
func (e *end) connect(to *unix.SockaddrInet4) (err error) {
	e.step, e.got, e.sent, e.blocks = awaitFirst, 0, 0, false
	e.fd, err = unix.Socket(unix.AF_INET, unix.SOCK_STREAM|unix.SOCK_NONBLOCK|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return os.NewSyscallError("socket", err)
	}
	// The port is chosen by connect(2), which knows that it may be one that is
	// used towards another server.
	if err = unix.SetsockoptInt(e.fd, unix.IPPROTO_IP, unix.IP_BIND_ADDRESS_NO_PORT, 1); err != nil {
		err = os.NewSyscallError("setsockopt", err)
	} else if err = unix.Bind(e.fd, &e.from); err != nil {
		err = os.NewSyscallError("bind", err)
	} else if err = unix.Connect(e.fd, to); err != nil && err != unix.EINPROGRESS {
		err = os.NewSyscallError("connect", err)
	} else {
		return nil
	}
	e.close()
	return err
}

// advance goes on as far as the socket lets it, but does nothing in the step
// named rest. It is called when there is something to read, or to be written to.
func (e *end) advance(c *crowd, rest step) error {
	for e.step != rest && e.step != over {
		was := e.step
		if err := e.once(c); err != nil {
			return err
		}
		if e.step == was || e.step == awaitSecond || e.step == awaitClose {
			return nil // what comes next is the server's
		}
	}
	return nil
}

func (e *end) once(c *crowd) error {
	switch e.step {
	case awaitFirst:
		return e.command(confirm)
	case confirm:
		e.step = awaitSecond
		return e.write(c.confirm1)
	case awaitSecond:
		if err := e.command(sending); err != nil || e.step != sending {
			return err
		}
		return e.write(c.confirm2)
	case sending:
		if e.blocks = false; e.sent < c.rest {
			if err := e.fill(c); err != nil || e.sent < c.rest {
				return err
			}
		}
		return e.endStream()
	}
	return e.awaitEnd()
}

// command reads what there is of a command, and leads to then when it is whole.
func (e *end) command(then step) error {
	var p [len(protocol.Accio)]byte
	n, err := again(func() (int, error) { return unix.Read(e.fd, p[e.got:]) })
	switch {
	case err == unix.EAGAIN:
		return nil
	case err != nil:
		return fmt.Errorf("while waiting for accio: %w", os.NewSyscallError("read", err))
	case n == 0 || string(p[e.got:e.got+n]) != protocol.Accio[e.got:e.got+n]:
		return fmt.Errorf("got %q, wanted accio", p[:e.got+n])
	}
	if e.got += n; e.got == len(p) {
		e.step, e.got = then, 0
	}
	return nil
}

// write writes what is short enough to be taken whole by a socket without a
// queue.
func (e *end) write(p []byte) error {
	n, err := again(func() (int, error) { return unix.Write(e.fd, p) })
	if err == nil && n < len(p) {
		err = unix.EAGAIN
	}
	return os.NewSyscallError("write", err)
}

// fill sends of the payload until all is sent or the socket takes no more.
func (e *end) fill(c *crowd) error {
	for e.sent < c.rest {
		n, err := again(func() (int, error) {
			if c.load.buffer != nil {
				return unix.Write(e.fd, c.load.buffer[:min(c.rest-e.sent, writeSize)])
			}
			at := e.sent % reelSize
			return unix.Sendfile(e.fd, c.reel, &at, int(min(c.rest-e.sent, reelSize-at)))
		})
		if err == unix.EAGAIN {
			e.blocks = true
			return nil
		}
		if err != nil {
			return os.NewSyscallError("write", err)
		}
		e.sent += int64(n)
	}
	return nil
}

func (e *end) endStream() error {
	e.step = awaitClose
	return os.NewSyscallError("shutdown", unix.Shutdown(e.fd, unix.SHUT_WR))
}

// awaitEnd closes when the server has: not before, as that would lose the
// server what it has not read yet.
func (e *end) awaitEnd() error {
	var p [1]byte
	n, err := again(func() (int, error) { return unix.Read(e.fd, p[:]) })
	switch {
	case err == unix.EAGAIN:
		return nil
	case err != nil:
		return fmt.Errorf("while waiting for the server to close: %w", os.NewSyscallError("read", err))
	case n > 0:
		return fmt.Errorf("the server sent %q where it was to close", p)
	}
	e.close()
	return nil
}

func (e *end) close() {
	unix.Close(e.fd)
	e.step = over
}
