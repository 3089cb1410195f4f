package transport

import (
	"context"
	"net"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"accio/explore/simkernel"
	"accio/protocol"

	"golang.org/x/sys/unix"
)

// §6.14: where there is one place, those who wait at one listener do not keep those at
// another from it.
func TestDoorsTakeTurns(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, stop := context.WithCancel(t.Context())
		k := simkernel.New()
		process := k.Process()
		var doors []Listener
		for range 3 {
			ln, err := listenBy(process, 0)
			if err != nil {
				t.Fatal(err)
			}
			doors = append(doors, ln)
		}
		results := 0
		s := &Server{Table: &protocol.Server, Result: func(Result) error { results++; return nil }}
		served := make(chan error, 1)
		go func() { served <- s.Serve(ctx, joinFast(doors)) }()
		var waiting []*simkernel.Guest
		for _, door := range []int{0, 0, 0, 0, 2, 2} {
			g, err := k.Guest(doors[door].Addr())
			if err != nil {
				t.Fatal(err)
			}
			defer g.Leave()
			synctest.Wait()
			waiting = append(waiting, g)
		}
		for i, next := range []int{0, 4, 1, 5, 2, 3} { // by their places in waiting
			if said := waiting[next].Said(); said != protocol.Accio {
				t.Errorf("number %d is not %d", i, next)
			}
			waiting[next].End()
			synctest.Wait()
		}
		if results != len(waiting) {
			t.Errorf("%d results", results)
		}
		stop()
		if err := <-served; err != nil {
			t.Error(err)
		}
	})
}

// counted are the system calls, of which the waits are counted.
type counted struct {
	kernel
	waits atomic.Int64
}

func (c *counted) EpollWait(epoll int, events []unix.EpollEvent, timeout int) (int, error) {
	c.waits.Add(1)
	return c.kernel.EpollWait(epoll, events, timeout)
}

// A client who waits for the next to listen on a socket that this server has left, but
// not its last client, does not keep it busy.
func TestLeftDoorIsNotWatched(t *testing.T) {
	owner, err := net.ListenTCP("tcp4", &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1)})
	if err != nil {
		t.Fatal(err)
	}
	defer owner.Close()
	file, err := owner.File()
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	ln, err := inheritFast(file)
	if err != nil {
		t.Fatal(err)
	}
	sys := &counted{}
	ln.(*fastListener).conn.sys = sys
	result := make(chan Result, 1)
	s := &Server{Table: &protocol.Server, Concurrency: 2, Result: func(r Result) error { result <- r; return nil }}
	served := make(chan error, 1)
	go func() { served <- s.Serve(t.Context(), ln) }()
	dial := func() net.Conn {
		c, err := net.Dial("tcp4", owner.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		c.SetDeadline(time.Now().Add(time.Minute))
		return c
	}
	client := dial()
	defer client.Close()
	if _, err := client.Read(make([]byte, 1)); err != nil {
		t.Fatal(err)
	}
	s.Drain()
	for end := time.Now().Add(time.Minute); !s.Closed() && time.Now().Before(end); {
		time.Sleep(time.Millisecond)
	}
	next := dial()
	defer next.Close()
	before := sys.waits.Load()
	const rounds = 20
	for n := range rounds {
		if _, err := client.Write([]byte(header)[n : n+1]); err != nil {
			t.Fatal(err)
		}
		for end := time.Now().Add(time.Minute); ; time.Sleep(time.Millisecond) {
			p, _ := s.Progress()
			if at := n + 1; p.Arrived == at || p.Arrived == at-len(protocol.Confirm1) {
				break
			} else if time.Now().After(end) {
				t.Fatalf("byte %d does not arrive: %+v", n, p)
			}
		}
	}
	if n := sys.waits.Load() - before; n < rounds/2 || n > 3*rounds {
		t.Errorf("%d waits for %d bytes", n, rounds)
	}
	client.Close()
	if r := <-result; r.Connection != 1 {
		t.Errorf("%+v", r)
	}
	if err := <-served; err != nil {
		t.Error(err)
	}
}
