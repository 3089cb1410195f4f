package transport

import (
	"net"
	"path/filepath"
	"testing"
	"time"

	"accio/internal/clitest"
	"accio/protocol"
)

// Queued counts those who wait, not the one in service, and knows nothing of a
// closed listener.
func TestQueued(t *testing.T) {
	eachPath(t, func(t *testing.T, path string) {
		r := start(t, path, &Server{Table: &protocol.Server})
		queue := r.ln.(Queue)
		if n, ok := queue.Queued(); n != 0 || !ok {
			t.Errorf("%d, %t with nobody there", n, ok)
		}
		first := r.dial()
		first.expect(protocol.Accio)
		const waiting = 7
		for range waiting {
			r.dial()
		}
		for deadline := time.Now().Add(patience); ; time.Sleep(time.Millisecond) {
			n, ok := queue.Queued()
			if n == waiting && ok {
				break
			}
			if time.Now().After(deadline) || len(r.results) > 0 {
				t.Fatalf("%d, %t with %d waiting; %d sessions have ended", n, ok, waiting, len(r.results))
			}
		}
		r.stop()
		first.expectEnd()
		for deadline := time.Now().Add(patience); ; time.Sleep(time.Millisecond) {
			n, ok := queue.Queued()
			if n == 0 && !ok {
				break
			}
			if time.Now().After(deadline) {
				t.Fatalf("%d, %t after Close", n, ok)
			}
		}
	})
}

// Of a Unix socket the system tells only whether anybody waits.
func TestQueuedOfAUnixSocket(t *testing.T) {
	eachWay(t, func(t *testing.T, w way) {
		path := filepath.Join(clitest.ShortDir(t), "s")
		ln, err := w.at(t.Context(), Address{Path: path})
		if err != nil {
			t.Fatal(err)
		}
		queue := ln.(Queue)
		for waiting := range 3 {
			if n, ok := queue.Queued(); n != min(waiting, 1) || ok {
				t.Errorf("%d, %t with %d waiting", n, ok, waiting)
			}
			c, err := net.Dial("unix", path)
			if err != nil {
				t.Fatal(err)
			}
			defer c.Close()
		}
		ln.Close()
		if n, ok := queue.Queued(); n != 0 || ok {
			t.Errorf("%d, %t after Close", n, ok)
		}
	})
}

// A socket that does not listen has no queue.
func TestQueuedOfAConnection(t *testing.T) {
	r := start(t, "portable", &Server{Table: &protocol.Server})
	c := r.dial()
	raw, err := c.SyscallConn()
	if err != nil {
		t.Fatal(err)
	}
	raw.Control(func(fd uintptr) {
		if n, ok := queued(kernel{}, int(fd)); n != 0 || ok {
			t.Errorf("%d, %t", n, ok)
		}
	})
	for name, n := range map[string]func() (int, bool){
		"no socket":     (&netListener{Listener: new(net.TCPListener)}).Queued,
		"no descriptor": func() (int, bool) { return queued(kernel{}, -1) },
	} {
		if n, ok := n(); n != 0 || ok {
			t.Errorf("%s: %d, %t", name, n, ok)
		}
	}
}
