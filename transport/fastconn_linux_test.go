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
	calls := 0
	n, err := c.move("read", unix.POLLIN, func() (int, error) {
		if calls++; calls == 1 {
			p.send("late")
			arrived(t, c)
			c.SetDeadline(elapsed)
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

// arrived waits until something can be read.
func arrived(t *testing.T, c *fastConn) {
	t.Helper()
	for {
		n, err := unix.Poll([]unix.PollFd{{Fd: int32(c.fd), Events: unix.POLLIN}}, int(patience.Milliseconds()))
		switch {
		case n == 1:
			return
		case err != unix.EINTR:
			t.Fatalf("nothing arrives: %v", err)
		}
	}
}

// A system call that a signal interrupts is called again.
func TestFastConnGoesOnAfterASignal(t *testing.T) {
	c, _ := fastPair(t)
	calls := 0
	n, err := c.move("read", unix.POLLIN, func() (int, error) {
		if calls++; calls == 1 {
			return -1, unix.EINTR
		}
		return 4, nil
	})
	if n != 4 || err != nil {
		t.Errorf("%d, %v", n, err)
	}
}

// What woke one wait does not wake the next.
func TestFastConnIsWokenOnce(t *testing.T) {
	c, _ := fastPair(t)
	c.waiting.Store(true)
	c.SetDeadline(time.Now().Add(time.Hour))
	if got := c.wait(c.fd, unix.POLLIN, 0); got != something {
		t.Errorf("the first wait ended by %d", got)
	}
	if got := c.wait(c.fd, unix.POLLIN, 0); got != nothing {
		t.Errorf("the second wait ended by %d", got)
	}
}

// What one connection has set does not outlast it: neither the deadline, nor
// the low-water mark of a fast flow, nor what brought that about.
func TestFastConnBeginsAnew(t *testing.T) {
	lowWaterMark := func(c *fastConn) int {
		t.Helper()
		n, err := unix.GetsockoptInt(c.fd, unix.SOL_SOCKET, unix.SO_RCVLOWAT)
		if err != nil {
			t.Fatal(err)
		}
		return n
	}
	ln, err := listenFast(context.Background(), 0)
	if err != nil {
		t.Fatal(err)
	}
	defer ln.Close()
	var c *fastConn
	accept := func() *peer {
		p := (&running{t: t, ln: ln}).dial()
		in, err := ln.Accept()
		if err != nil {
			t.Fatal(err)
		}
		c = in.(*fastConn)
		return p
	}
	flow := func(p *peer, bytes int) {
		t.Helper()
		sent := make(chan bool)
		go func() { defer close(sent); p.Write(make([]byte, bytes)) }()
		for left := int64(bytes); left > 0; {
			n, err := c.Discard()
			if err != nil {
				t.Fatal(err)
			}
			left -= n
		}
		<-sent
	}
	for _, bytes := range []int{lowWater, lowWater - 1} {
		p := accept()
		c.SetDeadline(time.Now().Add(patience))
		flow(p, bytes)
		if got := lowWaterMark(c); (got > 1) != (bytes == lowWater) {
			t.Errorf("after %d bytes the low-water mark is %d", bytes, got)
		}
		c.SetDeadline(elapsed)
		c.Close()

		p = accept()
		if got := c.wait(c.fd, unix.POLLIN, 0); got != nothing {
			t.Errorf("after a connection with %d bytes and a deadline the first wait ended by %d", bytes, got)
		}
		c.SetDeadline(time.Now().Add(patience))
		p.send("x")
		if n, err := c.Discard(); n != 1 || err != nil || c.low || lowWaterMark(c) != 1 {
			t.Errorf("after a connection with %d bytes: %d, %v, low-water mark %d (%v)", bytes, n, err, lowWaterMark(c), c.low)
		}
		c.Close()
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

// It counts nothing for an error, which must not shorten the count.
func TestFastConnCountsNoError(t *testing.T) {
	c, p := fastPair(t)
	c.discard = make([]byte, discardBuffer)
	c.setLow(true)
	c.SetDeadline(time.Now().Add(patience))
	p.reset()
	arrived(t, c)
	if n, err := c.Discard(); n != 0 || !errors.Is(err, unix.ECONNRESET) {
		t.Errorf("%d, %v", n, err)
	}
}

// A deadline that another goroutine sets ends a wait, whenever it comes.
func TestFastConnIsWoken(t *testing.T) {
	t.Parallel()
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
