package transport

import (
	"context"
	"maps"
	"net"
	"os"
	"path/filepath"
	"runtime"
	"syscall"
	"testing"

	"accio/fsm"
	"accio/protocol"

	"golang.org/x/sys/unix"
)

// descriptors returns what this process has open, by number.
func descriptors(t *testing.T) map[string]string {
	t.Helper()
	const dir = "/proc/self/fd"
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	open := map[string]string{}
	for _, e := range entries {
		if to, err := os.Readlink(filepath.Join(dir, e.Name())); err == nil { // the directory itself is closed by now
			open[e.Name()] = to
		}
	}
	return open
}

// collect returns when what was garbage has been collected and cleaned up.
func collect() {
	for range 3 { // what one cleanup lets go of is garbage for the next
		done := make(chan struct{})
		runtime.AddCleanup(new([64]byte), func(done chan struct{}) { close(done) }, done)
		runtime.GC()
		<-done
	}
}

// However sessions end, and Serve with them, nothing is left open.
func TestServeLeavesNoDescriptorOpen(t *testing.T) {
	eachPath(t, func(t *testing.T, path string) {
		serveSome(t, path) // so that what package net and the runtime keep is there
		collect()
		before := descriptors(t)
		for range 3 {
			serveSome(t, path)
		}
		var more map[string]string
		for range 20 {
			collect()
			more = descriptors(t)
			maps.DeleteFunc(more, func(number, to string) bool { return before[number] == to })
			if len(more) == 0 {
				return
			}
		}
		t.Errorf("left open: %v", more)
	})
}

// serveSome lets a server have a session that ends well, one that is reset, one
// that the shutdown ends and one that is not accepted; another that cannot
// deliver its result, and a listener that has no port.
func serveSome(t *testing.T, path string) {
	t.Helper()
	ctx, stop := context.WithCancel(context.Background())
	ln, err := paths[path](ctx, 0)
	if err != nil {
		t.Fatal(err)
	}
	if ln, err := paths[path](ctx, int(ln.Addr().Port())); err == nil {
		ln.Close()
		t.Error("two listeners have one port")
	}
	results, served := make(chan Result, 4), make(chan error, 1)
	s := &Server{Table: &protocol.Server, Result: func(r Result) error { results <- r; return nil }}
	r := &running{Server: s, t: t, ln: ln, results: results}
	go func() { served <- s.Serve(ctx, ln) }()
	good, reset, last, queued := r.dial(), r.dial(), r.dial(), r.dial()
	good.handshake()
	good.CloseWrite()
	r.wantDone(0)
	reset.expect(protocol.Accio)
	reset.reset()
	r.wantError(protocol.AwaitConfirm1, fsm.Failed)
	last.expect(protocol.Accio)
	stop()
	if got := r.next(); got.Event != fsm.Shutdown {
		t.Errorf("ended by %s (%s), want shutdown", got.Event, got.Reason)
	}
	if err := <-served; err != nil {
		t.Error(err)
	}
	for _, c := range []*peer{good, reset, last, queued} {
		c.Close()
	}

	if r.ln, err = paths[path](context.Background(), 0); err != nil {
		t.Fatal(err)
	}
	s.Result = func(Result) error { return errBroken }
	r.dial().Close()
	if err := s.Serve(context.Background(), r.ln); err == nil {
		t.Error("Serve went on")
	}
}

// A program that is started meanwhile gets no descriptor of ours.
func TestDescriptorsAreClosedOnExec(t *testing.T) {
	eachPath(t, func(t *testing.T, path string) {
		ln, err := paths[path](context.Background(), 0)
		if err != nil {
			t.Fatal(err)
		}
		defer ln.Close()
		(&running{t: t, ln: ln}).dial()
		c, err := ln.Accept()
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
		check := func(name string, fd uintptr) {
			flags, err := unix.FcntlInt(fd, unix.F_GETFD, 0)
			if err != nil || flags&unix.FD_CLOEXEC == 0 {
				t.Errorf("%s: flags %#x, %v", name, flags, err)
			}
		}
		switch l := ln.(type) {
		case *fastListener:
			check("listener", uintptr(l.fd))
			check("connection", uintptr(l.conn.fd))
			check("eventfd", uintptr(l.conn.event))
		case *netListener:
			for name, of := range map[string]syscall.Conn{"listener": l.Listener.(*net.TCPListener), "connection": c.(*netConn)} {
				raw, err := of.SyscallConn()
				if err == nil {
					err = raw.Control(func(fd uintptr) { check(name, fd) })
				}
				if err != nil {
					t.Error(err)
				}
			}
		default:
			t.Errorf("no way to look at a %T", ln)
		}
	})
}
