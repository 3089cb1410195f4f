package transport

import (
	"runtime"
	"testing"

	"accio/internal/racing"
	"accio/protocol"

	"golang.org/x/sys/unix"
)

// What a session costs on each path where nobody watches: so many allocations,
// and no more than 8 KiB. The client is system calls alone, so all that is
// allocated is the server's.
func TestAllocationsOfASession(t *testing.T) {
	if racing.Enabled {
		t.Skip("the race detector allocates too")
	}
	want := map[string]float64{"portable": 34, "fast": 28}
	eachPath(t, func(t *testing.T, path string) {
		r, _ := prepare(t, path, &Server{Table: &protocol.Server, Result: func(Result) error { return nil }})
		go func() { r.served <- r.Serve(r.ctx, r.ln) }() // unwatched, as a watch allocates
		port := int(r.ln.Addr().Port())
		for range 10 {
			rawSession(t, port)
		}
		const sessions = 200
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		for range sessions {
			rawSession(t, port)
		}
		runtime.ReadMemStats(&after)
		allocs := float64(after.Mallocs-before.Mallocs) / sessions
		bytes := float64(after.TotalAlloc-before.TotalAlloc) / sessions
		t.Logf("%.1f allocations, %.0f bytes a session", allocs, bytes)
		if allocs > want[path]+0.5 || bytes > 8<<10 {
			t.Errorf("%.1f allocations and %.0f bytes a session, want at most %.0f and 8192", allocs, bytes, want[path])
		}
	})
}

var rawStream = []byte(header + "payload")

// rawSession is a client that allocates next to nothing.
func rawSession(t *testing.T, port int) {
	fd, err := unix.Socket(unix.AF_INET, unix.SOCK_STREAM, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer unix.Close(fd)
	timeout := unix.NsecToTimeval(patience.Nanoseconds())
	unix.SetsockoptTimeval(fd, unix.SOL_SOCKET, unix.SO_RCVTIMEO, &timeout)
	if err := unix.Connect(fd, &unix.SockaddrInet4{Port: port, Addr: [4]byte{127, 0, 0, 1}}); err != nil {
		t.Fatal(err)
	}
	unix.Write(fd, rawStream)
	unix.Shutdown(fd, unix.SHUT_WR)
	var buffer [64]byte
	for {
		n, err := unix.Read(fd, buffer[:])
		if err != nil && err != unix.EINTR {
			t.Fatal(err)
		}
		if n == 0 {
			return
		}
	}
}
