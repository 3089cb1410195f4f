package transport

import (
	"context"
	"errors"
	"log/slog"
	"net"
	"net/netip"
	"os"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"accio/explore/simkernel"
	"accio/protocol"

	"golang.org/x/sys/unix"
)

// §6.3: whatever fails when it begins to listen is in the error, with its name,
// and nothing is left open.
func TestFastListenFails(t *testing.T) {
	tries := 0
	for _, call := range []string{"socket", "setsockopt", "bind", "listen", "getsockname", "eventfd"} {
		times := 1
		if call == "setsockopt" {
			times = 3
		}
		for n := range times {
			tries++
			p := simkernel.New().Process()
			p.Fail(call, append(slices.Repeat([]error{nil}, n), unix.ENOMEM)...)
			ln, err := listenBy(p, 5000)
			var op *net.OpError
			var named *os.SyscallError
			if ln != nil || !errors.As(err, &op) || !errors.As(err, &named) || op.Op != "listen" || op.Net != "tcp4" || named.Syscall != call || named.Err != unix.ENOMEM {
				t.Errorf("%s: %v, %v", call, ln, err)
			}
			if open, misuses := p.Open(), p.Misuses(); len(open)+len(misuses) > 0 {
				t.Errorf("%s: %v are left open; not open was that of %v", call, open, misuses)
			}
		}
	}
	if tries != 8 {
		t.Errorf("%d tries", tries)
	}
}

// It has the port that was asked for, or any, and a queue of some length.
func TestFastListenerIsWhatWasAskedFor(t *testing.T) {
	p := simkernel.New().Process()
	for _, port := range []int{5000, 0} {
		ln, err := listenBy(p, port)
		if err != nil {
			t.Fatal(err)
		}
		if a := ln.Addr(); a.Addr() != netip.IPv4Unspecified() || port != 0 && int(a.Port()) != port || a.Port() == 0 {
			t.Errorf("asked for port %d, it listens on %s", port, a)
		}
		info, err := p.TCPInfo(ln.(*fastListener).fd)
		if err != nil || info.State != listening || info.Sacked != 4096 {
			t.Errorf("%+v, %v", info, err)
		}
		ln.Close()
		if n, ok := ln.(Queue).Queued(); n != 0 || ok || len(p.Misuses()) > 0 {
			t.Errorf("when it is closed: %d, %t; not open was that of %v", n, ok, p.Misuses())
		}
	}
}

// idle is a server on a simulated kernel that has no client yet.
func idle(t *testing.T, f func(g *simulated, s *Server, connect func()), failing ...error) {
	t.Helper()
	idleOf(t, 1, f, failing...)
}

// idleOf is one of so many places.
func idleOf(t *testing.T, places int, f func(g *simulated, s *Server, connect func()), failing ...error) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		ctx, stop := context.WithCancel(t.Context())
		g := newSimulated()
		first, err := g.ln.Accept()
		if err != nil {
			t.Fatal(err)
		}
		first.Close()
		g.Leave()
		g.made, g.before = 0, map[string]int{"accept4": 1, "setsockopt": 3}
		g.Fail("accept4", failing...)
		s := &Server{Table: &protocol.Server, Concurrency: places, Result: func(Result) error { g.results.Add(1); return nil }}
		served := make(chan any, 1)
		s.Log = slog.New(slog.NewTextHandler(&g.log, nil))
		go func() {
			defer func() { served <- recover() }()
			if err := s.Serve(ctx, g.ln); err != nil {
				panic(err)
			}
		}()
		synctest.Wait()
		f(g, s, func() {
			g.connect()
			g.End()
			synctest.Wait()
		})
		stop()
		if err := <-served; err != nil {
			t.Error(err)
		}
		if err := g.Close(); err != nil {
			t.Error(err)
		}
	})
}

// A server without clients sleeps: no time is a reason to wake up, and a client
// is, at once.
func TestIdleServerSleeps(t *testing.T) {
	idle(t, func(g *simulated, s *Server, connect func()) {
		time.Sleep(1000 * time.Hour)
		g.did(t, "idle", map[string]int{"accept4": 1, "ppoll": 1})
		connect()
		if g.results.Load() != 1 {
			t.Errorf("%d results", g.results.Load())
		}
		g.did(t, "one client", map[string]int{"accept4": 2, "write": 1, "read": 1, "ppoll": 1})
	})
}

// §5.4, on the listener that serves: what may pass is told and waited out.
func TestFastAcceptWaitsOutWhatPasses(t *testing.T) {
	for _, errno := range []error{unix.EMFILE, unix.ENFILE, unix.ENOBUFS, unix.ENOMEM, unix.ECONNABORTED} {
		idle(t, func(g *simulated, s *Server, connect func()) {
			connect()
			if g.results.Load() != 0 {
				t.Errorf("%v: a result for nobody", errno)
			}
			time.Sleep(15 * time.Millisecond) // two waits
			synctest.Wait()
			if n := strings.Count(g.log.String(), `error="`+errno.Error()+`"`); n != 2 || g.results.Load() != 1 {
				t.Errorf("%v: %d log lines, %d results; want 2 and 1\n%s", errno, n, g.results.Load(), g.log.String())
			}
			g.did(t, errno.Error(), map[string]int{"accept4": 4, "write": 1, "read": 1, "ppoll": 1})
		}, errno, errno)
	}
	idle(t, func(g *simulated, s *Server, connect func()) {
		connect()
		if g.results.Load() != 1 || g.log.String() != "" {
			t.Errorf("after a signal %d results; log %s", g.results.Load(), g.log.String())
		}
	}, unix.EINTR, unix.EINTR)
}

// The limit of descriptors itself, not only its error: the client waits until
// there is one.
func TestFastAcceptWithoutDescriptors(t *testing.T) {
	idle(t, func(g *simulated, s *Server, connect func()) {
		g.SetDescriptors(3 + len(g.Open()))
		connect()
		time.Sleep(time.Minute)
		synctest.Wait()
		if n := strings.Count(g.log.String(), unix.EMFILE.Error()); n < 60 || n > 70 || g.results.Load() != 0 {
			t.Errorf("%d log lines in a minute, %d results", n, g.results.Load())
		}
		g.SetDescriptors(0)
		time.Sleep(time.Second)
		synctest.Wait()
		if g.results.Load() != 1 {
			t.Errorf("%d results", g.results.Load())
		}
	})
}

// What does not pass ends the server, and says what it was.
func TestFastAcceptFailsForGood(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := newSimulated()
		g.Fail("accept4", unix.EBADF)
		c, err := g.ln.Accept()
		var op *net.OpError
		var named *os.SyscallError
		if c != nil || !errors.As(err, &op) || op.Op != "accept" || op.Net != "tcp4" || !errors.As(err, &named) || named.Syscall != "accept4" || named.Err != unix.EBADF {
			t.Errorf("%v, %v", c, err)
		}
		first, err := g.ln.Accept()
		if err != nil {
			t.Fatal(err)
		}
		first.Close()
		g.Fail("ppoll", unix.EINTR, unix.ENOMEM)
		if c, err := g.ln.Accept(); c != nil || !errors.As(err, &named) || named.Syscall != "ppoll" || named.Err != unix.ENOMEM {
			t.Errorf("%v, %v", c, err)
		}
		g.Fail("close", unix.EIO)
		if err := g.ln.Close(); !errors.Is(err, unix.EIO) || err.Error() != "close: "+unix.EIO.Error() {
			t.Error(err)
		}
		if err := g.ln.Close(); err != net.ErrClosed {
			t.Errorf("the second close: %v", err)
		}
		if _, err := g.ln.Accept(); err != net.ErrClosed {
			t.Errorf("accept after it: %v", err)
		}
		if n, ok := g.ln.Queued(); n != 0 || ok {
			t.Errorf("%d, %t", n, ok)
		}
	})
}
