package transport

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/netip"
	"os"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"accio/protocol"
)

// failing is a listener whose Accept fails as listed, then waits for Close.
type failing struct {
	errs   []error
	at     []time.Duration // when Accept was called
	began  time.Time
	closed chan struct{}
	ending sync.Once
}

func (l *failing) Accept() (Incoming, error) {
	l.at = append(l.at, time.Since(l.began))
	if len(l.errs) == 0 {
		<-l.closed
		return nil, net.ErrClosed
	}
	err := l.errs[0]
	l.errs = l.errs[1:]
	return nil, &net.OpError{Op: "accept", Err: os.NewSyscallError("accept4", err)}
}

func (l *failing) Close() error {
	l.ending.Do(func() { close(l.closed) })
	return nil
}

func (l *failing) Addr() netip.AddrPort { return netip.AddrPort{} }

func repeat(err error, n int) (errs []error) {
	for range n {
		errs = append(errs, err)
	}
	return errs
}

// §5.4: the waits double from 5 ms to 1 s.
func TestAcceptWaitsOutWhatPasses(t *testing.T) {
	for _, err := range []error{syscall.EMFILE, syscall.ENFILE, syscall.ENOBUFS, syscall.ENOMEM, syscall.ECONNABORTED, syscall.ENETDOWN} {
		synctest.Test(t, func(t *testing.T) {
			var log bytes.Buffer
			ctx, stop := context.WithCancel(t.Context())
			ln := &failing{errs: repeat(err, 10), began: time.Now(), closed: make(chan struct{})}
			s := &Server{Table: &protocol.Server, Log: slog.New(slog.NewTextHandler(&log, nil))}
			served := make(chan error, 1)
			go func() { served <- s.Serve(ctx, ln) }()
			time.Sleep(time.Minute)
			stop()
			if err := <-served; err != nil {
				t.Errorf("Serve: %v", err)
			}
			const ms = time.Millisecond
			want := []time.Duration{0, 5 * ms, 15 * ms, 35 * ms, 75 * ms, 155 * ms, 315 * ms, 635 * ms, 1275 * ms, 2275 * ms, 3275 * ms}
			if fmt.Sprint(ln.at) != fmt.Sprint(want) {
				t.Errorf("%v: called at %v, want %v", err, ln.at, want)
			}
			if n := strings.Count(log.String(), "clients wait\" error=\""+err.Error()+"\" "); n != 10 {
				t.Errorf("%d log lines, want 10:\n%s", n, log.String())
			}
			for _, wait := range []string{"5ms", "10ms", "640ms"} {
				if strings.Count(log.String(), " retry="+wait+"\n") != 1 {
					t.Errorf("no line, or several, with the wait of %s:\n%s", wait, log.String())
				}
			}
		})
	}
}

func TestAcceptBackoffEndsAtShutdown(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, stop := context.WithCancel(t.Context())
		ln := &failing{errs: repeat(syscall.EMFILE, 1000), began: time.Now(), closed: make(chan struct{})}
		served := make(chan error, 1)
		go func() { served <- (&Server{Table: &protocol.Server}).Serve(ctx, ln) }()
		time.Sleep(1500 * time.Millisecond) // within a wait of one second
		stop()
		synctest.Wait()
		select {
		case err := <-served:
			if err != nil {
				t.Errorf("Serve: %v", err)
			}
			if len(ln.at) != 9 { // at 0, 5, 15, 35, 75, 155, 315, 635 and 1275 ms
				t.Errorf("%d calls of Accept, one of them after the shutdown", len(ln.at))
			}
		default:
			t.Error("Serve has not returned at once")
		}
	})
}

// slowToClose is a listener that takes a second to close.
type slowToClose struct {
	failing
	closing atomic.Bool
}

func (l *slowToClose) Close() error {
	l.failing.Close()
	if !l.closing.Swap(true) {
		time.Sleep(time.Second)
	}
	return nil
}

// Serve leaves no goroutine behind: what the shutdown began is over when it returns.
func TestServeWaitsForTheShutdown(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, stop := context.WithCancel(t.Context())
		ln := &slowToClose{failing: failing{closed: make(chan struct{})}}
		served := make(chan error, 1)
		go func() { served <- (&Server{Table: &protocol.Server}).Serve(ctx, ln) }()
		synctest.Wait()
		began := time.Now()
		stop()
		if err := <-served; err != nil || time.Since(began) != time.Second {
			t.Errorf("%v after %s", err, time.Since(began))
		}
	})
}

func TestServeEndsWhenTheListenerFailsForGood(t *testing.T) {
	for _, err := range []error{syscall.EINVAL, syscall.EBADF, errBroken} {
		ln := &failing{errs: []error{err}, closed: make(chan struct{})}
		got := (&Server{Table: &protocol.Server}).Serve(context.Background(), ln)
		if !errors.Is(got, err) || got.Error() != "accept: "+err.Error() {
			t.Errorf("Serve: %v, want accept: %v", got, err)
		}
		select {
		case <-ln.closed:
		default:
			t.Error("the listener is open")
		}
	}
}

// A listener that somebody else closes is no shutdown.
func TestServeEndsWhenTheListenerIsClosed(t *testing.T) {
	ln, err := Listen(context.Background(), 0)
	if err != nil {
		t.Fatal(err)
	}
	ln.Close()
	if err := (&Server{Table: &protocol.Server}).Serve(context.Background(), ln); !errors.Is(err, net.ErrClosed) {
		t.Errorf("Serve: %v", err)
	}
}

// nameless is a listener whose address the system does not tell.
type nameless struct {
	net.Listener
	closed bool
}

func (*nameless) Addr() net.Addr { return nil }

func (l *nameless) Close() error { l.closed = true; return nil }

// §6.3: a port that nobody could name is no port to listen on.
func TestPortableListenerWithoutAddress(t *testing.T) {
	ln := &nameless{}
	got, err := portable(ln)
	op, ok := errors.AsType[*net.OpError](err)
	if call, named := errors.AsType[*os.SyscallError](err); got != nil || !ok || op.Op != "listen" || op.Net != "tcp4" || !named || call.Syscall != "getsockname" || !ln.closed {
		t.Errorf("%v, %v, closed: %v", got, err, ln.closed)
	}
}
