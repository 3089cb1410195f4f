package port

import (
	"fmt"
	"net"
	"os"
	"strings"
	"testing"

	"accio/internal/errno"
)

// A reserved port is nobody else's, no connection takes it, and a program can listen there.
func TestReserve(t *testing.T) {
	const ports = 50
	text, err := os.ReadFile("/proc/sys/net/ipv4/ip_local_port_range")
	if err != nil {
		t.Fatal(err)
	}
	first, last := 0, 0
	if _, err := fmt.Sscan(string(text), &first, &last); err != nil {
		t.Fatal(err)
	}
	seen := map[int]bool{}
	for range ports {
		n, release, err := Reserve()
		if err != nil {
			t.Fatal(err)
		}
		defer release()
		if seen[n] || n < 1024 || n > 65535 || first >= 2*lowest && n >= first && n <= last {
			t.Fatalf("port %d after %d others; connections have %d to %d", n, len(seen), first, last)
		}
		seen[n] = true
		if found, known := Listening(n); !known || len(found) > 0 {
			t.Fatalf("%q listen on port %d, %t", found, n, known)
		}
		ln, err := net.Listen("tcp4", fmt.Sprintf("127.0.0.1:%d", n))
		if err != nil {
			t.Fatal(err)
		}
		if found, _ := Listening(n); len(found) != 1 || !strings.HasPrefix(found[0], "0100007F") {
			t.Fatalf("%q listen on port %d", found, n)
		}
		if unused(n) {
			t.Fatalf("port %d is not in use", n)
		}
		if _, ok := lock(n); ok {
			t.Fatalf("port %d is not locked", n)
		}
		ln.Close()
	}
}

// Who looks whether a port is used does not listen there: others, who wait for a program
// to listen there, could take him for it.
func TestLookingIsNotListening(t *testing.T) {
	n, release, err := Reserve()
	if err != nil {
		t.Fatal(err)
	}
	defer release()
	looked := make(chan int)
	done := make(chan struct{})
	go func() {
		for times := 0; ; times++ {
			select {
			case <-done:
				looked <- times
				return
			default:
				unused(n)
			}
		}
	}()
	for range 2000 {
		if c, err := net.Dial("tcp4", fmt.Sprintf("127.0.0.1:%d", n)); !errno.IsRefused(err) {
			t.Errorf("somebody listens on port %d: %v", n, err)
			if err == nil {
				c.Close()
			}
			break
		}
	}
	close(done)
	if times := <-looked; times < 100 {
		t.Errorf("it was looked %d times, wanted at least 100", times)
	}
}
