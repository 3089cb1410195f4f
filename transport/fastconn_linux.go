package transport

import (
	"io"
	"net/netip"
	"os"
	"time"

	"golang.org/x/sys/unix"
)

const (
	// lowWater is how much has to be there before a fast flow wakes us.
	lowWater = 1 << 20
	// lowWaterPatience is how long we wait for that much. A flow that needs
	// longer (under 100 MiB/s) wakes us for every byte again, so its bytes are
	// seen as they come, and silence is measured no later than this.
	lowWaterPatience = 10 * time.Millisecond
	// discardMost bounds one recv(2) that copies nothing.
	discardMost = 1 << 30
)

// fastConn is a connection that is served by system calls of our own on a
// non-blocking socket: one attempt, ppoll(2) if there was nothing, the next
// attempt. Nothing else blocks, so that the runtime's signals, which interrupt
// system calls, cost no more than another attempt.
type fastConn struct {
	fd     int
	remote netip.AddrPort
	wakeup
	low     bool   // SO_RCVLOWAT is lowWater
	flow    int64  // bytes since it last was not
	discard []byte // what to read into where the kernel cannot discard
}

func (c *fastConn) reset(fd int, remote netip.AddrPort) {
	c.fd, c.remote, c.low, c.flow = fd, remote, false, 0
	c.deadline.Store(int64(never))
	c.hold()
}

func (c *fastConn) Remote() netip.AddrPort { return c.remote }

func (c *fastConn) Close() error {
	defer c.release()
	return os.NewSyscallError("close", c.sys.Close(c.fd))
}

func (c *fastConn) CloseWrite() error {
	return os.NewSyscallError("shutdown", c.sys.Shutdown(c.fd, unix.SHUT_WR))
}

func (c *fastConn) Read(p []byte) (int, error) {
	return ended(c.move("read", unix.POLLIN, func() (int, error) { return c.sys.Read(c.fd, p) }))
}

func (c *fastConn) Write(p []byte) (int, error) {
	return c.move("write", unix.POLLOUT, func() (int, error) { return c.sys.Write(c.fd, p) })
}

// ended makes an error of what read(2) says at the end of the stream.
func ended(n int, err error) (int, error) {
	if n == 0 && err == nil {
		return 0, io.EOF
	}
	return n, err
}

// Discard waits first where the low-water mark is set, as there is little to
// be had before; everywhere else it looks first.
func (c *fastConn) Discard() (int64, error) {
	var n int
	err := error(unix.EAGAIN)
	for err == unix.EAGAIN && c.low {
		if c.wait(c.fd, unix.POLLIN, lowWaterPatience) != something {
			c.setLow(false)
		}
		n, err = c.drop()
	}
	if err == unix.EAGAIN || err == unix.EINTR {
		n, err = c.move("recvfrom", unix.POLLIN, c.drop)
	} else {
		err = os.NewSyscallError("recvfrom", err)
	}
	if c.flow += int64(n); c.flow >= lowWater && !c.low {
		c.setLow(true)
	}
	n, err = ended(n, err)
	return int64(n), err
}

func (c *fastConn) drop() (int, error) { return drop(c.sys, c.fd, &c.discard) }

// drop discards what has arrived: MSG_TRUNC on a TCP socket copies nothing
// (tcp(7)), so the buffer may be NULL. A kernel that minds gets one, which is kept.
func drop(sys syscalls, fd int, buffer *[]byte) (int, error) {
	if *buffer == nil {
		n, err := sys.Recv(fd, discardMost, unix.MSG_TRUNC|unix.MSG_DONTWAIT)
		if err != unix.EFAULT && err != unix.EINVAL {
			return n, err
		}
		*buffer = make([]byte, discardBuffer)
	}
	return sys.Read(fd, *buffer)
}

// move calls try, which is the named system call, until it does something,
// waiting in between. After the deadline it looks once more.
func (c *fastConn) move(name string, events int16, try func() (int, error)) (int, error) {
	for passed := false; ; {
		n, err := try()
		switch {
		case err == nil:
			return n, nil
		case err == unix.EINTR:
		case err != unix.EAGAIN:
			return 0, os.NewSyscallError(name, err)
		case passed:
			return 0, os.ErrDeadlineExceeded
		default:
			switch c.wait(c.fd, events, never) {
			case expired:
				passed = true
			case broken:
				return 0, c.err
			}
		}
	}
}

// setLow sets the low-water mark (socket(7), SO_RCVLOWAT): below it the socket
// is readable only at the end of the stream, at an error, or when its buffer is
// full. It is an optimisation, so an error leaves things as they are.
func (c *fastConn) setLow(low bool) {
	mark := 1
	if low {
		mark = lowWater
	}
	c.sys.Setsockopt(c.fd, unix.SOL_SOCKET, unix.SO_RCVLOWAT, mark)
	c.low, c.flow = low, 0
}
