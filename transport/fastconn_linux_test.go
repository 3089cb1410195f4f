package transport

import (
	"context"
	"errors"
	"os"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// fastPair returns both ends of a connection on the fast path.
func fastPair(t *testing.T) (*fastConn, *peer) {
	t.Helper()
	ln, err := listenFast(context.Background(), 0)
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
	return c.(*fastConn), p
}

// §2.4: bytes that come between the first attempt and the deadline are found
// although the deadline has passed when we get to wait.
func TestFastConnLooksOnceMore(t *testing.T) {
	c, p := fastPair(t)
	c.SetDeadline(time.Now().Add(time.Millisecond))
	calls := 0
	n, err := c.move("read", unix.POLLIN, func() (int, error) {
		if calls++; calls == 1 {
			p.send("late")
			time.Sleep(2 * time.Millisecond) // the deadline
			return 0, unix.EAGAIN
		}
		var buffer [8]byte
		return unix.Read(c.fd, buffer[:])
	})
	if n != 4 || err != nil || calls != 2 {
		t.Errorf("%d, %v after %d attempts", n, err, calls)
	}
	if n, err := c.Discard(); n != 0 || !errors.Is(err, os.ErrDeadlineExceeded) {
		t.Errorf("%d, %v; want no more", n, err)
	}
}

// A kernel that does not discard without a buffer gets one, and counts are right.
func TestFastConnFallsBackToABuffer(t *testing.T) {
	c, p := fastPair(t)
	c.discard = make([]byte, discardBuffer)
	p.send("payload")
	p.CloseWrite()
	c.SetDeadline(time.Now().Add(patience))
	if n, err := c.Discard(); n != 7 || err != nil {
		t.Errorf("%d, %v", n, err)
	}
	if n, err := c.Discard(); n != 0 || err == nil {
		t.Errorf("%d, %v; want the end", n, err)
	}
}

// A deadline that another goroutine sets ends a wait, whenever it comes.
func TestFastConnIsWoken(t *testing.T) {
	const own = 5 * time.Second
	c, _ := fastPair(t)
	for i := range 200 {
		began := time.Now()
		c.SetDeadline(began.Add(own))
		go func() {
			time.Sleep(time.Duration(i%5) * 10 * time.Microsecond)
			c.SetDeadline(elapsed)
		}()
		if _, err := c.Read(make([]byte, 1)); !errors.Is(err, os.ErrDeadlineExceeded) {
			t.Fatal(err)
		}
		if time.Since(began) >= own {
			t.Fatal("a wait lasted until its own deadline")
		}
	}
}
