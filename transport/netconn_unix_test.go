//go:build unix

package transport

import (
	"context"
	"errors"
	"io"
	"net"
	"os"
	"syscall"
	"testing"
	"time"
)

// portablePair returns both ends of a connection of the portable path.
func portablePair(t *testing.T) (*netConn, *peer) {
	t.Helper()
	ln, err := everywhere(listenPortable)(context.Background(), 0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { ln.Close() })
	p := (&running{t: t, ln: ln}).dial()
	c, err := ln.Accept()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	if c.Remote().String() != p.LocalAddr().String() {
		t.Errorf("the client is %s, not %s", p.LocalAddr(), c.Remote())
	}
	return c.(*netConn), p
}

// A look at the socket is made again after a signal, finds nothing where
// nothing is, and gives any other error with a name; a closed one is not
// looked at.
func TestNetConnLooks(t *testing.T) {
	c, _ := portablePair(t)
	for _, test := range []struct {
		gives []error // by one call after another; the last one moves 3 bytes if it is nil
		n     int
		err   error
	}{
		{[]error{nil}, 3, nil},
		{[]error{syscall.EINTR, syscall.EINTR, nil}, 3, nil},
		{[]error{syscall.EAGAIN}, 0, os.ErrDeadlineExceeded},
		{[]error{syscall.EINTR, syscall.EAGAIN}, 0, os.ErrDeadlineExceeded},
		{[]error{syscall.ECONNRESET}, 0, syscall.ECONNRESET},
	} {
		calls := 0
		n, err := c.now(func(_ int, p []byte) (int, error) {
			calls++
			if err := test.gives[calls-1]; err != nil {
				return -1, err
			}
			return len(p), nil
		}, make([]byte, 3))
		if n != test.n || !errors.Is(err, test.err) || calls != len(test.gives) {
			t.Errorf("%v: %d, %v after %d calls", test.gives, n, err, calls)
		}
		if call, ok := errors.AsType[*os.SyscallError](err); ok != (test.err == syscall.ECONNRESET) || ok && call.Syscall != "recv" {
			t.Errorf("%v: %v", test.gives, err)
		}
	}
	c.Close()
	n, err := c.now(func(int, []byte) (int, error) { t.Error("a closed socket is looked at"); return 1, nil }, nil)
	if n != 0 || !errors.Is(err, net.ErrClosed) {
		t.Errorf("%d, %v; want that it is closed", n, err)
	}
	if n, err := c.Read(make([]byte, 1)); n != 0 || !errors.Is(err, net.ErrClosed) {
		t.Errorf("%d, %v; want that it is closed", n, err)
	}
	none := &netConn{streamConn: new(net.TCPConn)}
	n, err = none.now(syscall.Read, make([]byte, 1))
	if n != 0 || err != syscall.EINVAL || none.unacked() != 0 {
		t.Errorf("%d, %v, %d unacknowledged; want that there is no socket", n, err, none.unacked())
	}
}

// §2.4: when the deadline has passed, what has arrived is still taken, in its
// order, and what fits is still given; then the deadline is what is told.
func TestNetConnLooksOnceMore(t *testing.T) {
	c, p := portablePair(t)
	p.send("late")
	c.SetDeadline(time.Now().Add(patience))
	buffer := make([]byte, 2)
	if n, err := c.Read(buffer); n != 2 || err != nil || string(buffer) != "la" {
		t.Errorf("%d, %v: %q", n, err, buffer)
	}
	c.SetDeadline(elapsed)
	if n, err := c.Discard(); n != 2 || err != nil {
		t.Errorf("%d, %v", n, err)
	}
	if n, err := c.Read(buffer); n != 0 || err != os.ErrDeadlineExceeded {
		t.Errorf("%d, %v", n, err)
	}
	if n, err := c.Write([]byte("abc")); n != 3 || err != nil {
		t.Errorf("%d, %v", n, err)
	}
	p.expect("abc")
	for _, deadline := range []func() time.Time{
		func() time.Time { return elapsed },
		func() time.Time { return time.Now().Add(10 * time.Millisecond) },
	} {
		n, err := 1, error(nil)
		for block := make([]byte, 1<<20); n > 0; { // the client's system may make room meanwhile
			c.SetDeadline(deadline())
			n, err = c.Write(block)
		}
		if n != 0 || !errors.Is(err, os.ErrDeadlineExceeded) {
			t.Errorf("%d, %v into a full socket", n, err)
		}
	}
	p.CloseWrite()
	c.SetDeadline(time.Now().Add(patience))
	if n, err := c.Discard(); n != 0 || !errors.Is(err, io.EOF) {
		t.Errorf("%d, %v; want the end", n, err)
	}
	c.SetDeadline(elapsed)
	if n, err := c.Discard(); n != 0 || err != io.EOF {
		t.Errorf("%d, %v; want the end", n, err)
	}
}

// raw is a socket that cannot be worked on, or, without an error, that is none.
type raw struct {
	syscall.RawConn
	err error
}

func (r raw) Control(f func(uintptr)) error {
	f(^uintptr(0))
	return r.err
}

func TestInlineUrgentFails(t *testing.T) {
	if err := inlineUrgent("", "", raw{err: errBroken}); err != errBroken {
		t.Error(err)
	}
	err := inlineUrgent("", "", raw{})
	if call, ok := errors.AsType[*os.SyscallError](err); !ok || call.Syscall != "setsockopt" || call.Err != syscall.EBADF {
		t.Error(err)
	}
}
