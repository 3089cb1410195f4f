//go:build unix

package transport

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"accio/internal/clitest"
	"accio/internal/errno"
	"accio/internal/require"
	"accio/protocol"
)

// way is how listeners are made.
type way struct {
	at      func(context.Context, Address) (Listener, error)
	inherit func(*os.File) (Listener, error)
	join    func([]Listener) Listener
}

var ways = map[string]way{"portable": {listenPortable, inheritPortable, join}}

func eachWay(t *testing.T, test func(t *testing.T, w way)) {
	require.Ran(t, "ways", len(ways), len(paths))
	for name, w := range ways {
		t.Run(name, func(t *testing.T) { t.Parallel(); test(t, w) })
	}
}

// open is a server on a listener, whose results are kept.
type open struct {
	t      *testing.T
	stop   context.CancelFunc
	served chan error

	mu      sync.Mutex
	results []Result
}

func serveOn(t *testing.T, ln Listener, s *Server) *open {
	t.Helper()
	ctx, stop := context.WithCancel(context.Background())
	o := &open{t: t, stop: stop, served: make(chan error, 1)}
	s.Table = &protocol.Server
	s.Result = func(r Result) error {
		o.mu.Lock()
		defer o.mu.Unlock()
		o.results = append(o.results, r)
		return nil
	}
	go func() { o.served <- s.Serve(ctx, ln) }()
	t.Cleanup(o.end)
	return o
}

// end ends it, once.
func (o *open) end() {
	o.stop()
	select {
	case err := <-o.served:
		o.served <- nil
		if err != nil {
			o.t.Errorf("Serve: %v", err)
		}
	case <-time.After(patience):
		o.t.Error("Serve did not return")
	}
}

// sessionAt makes a session of n bytes, and returns what is wrong with it, or nothing.
func sessionAt(network, address string, n int) error {
	c, err := net.DialTimeout(network, address, patience)
	if err != nil {
		return err
	}
	defer c.Close()
	c.SetDeadline(time.Now().Add(patience))
	return sessionOn(c, n)
}

func sessionOn(c net.Conn, n int) error {
	if _, err := io.WriteString(c, header+strings.Repeat("x", n)); err != nil {
		return err
	}
	if err := c.(interface{ CloseWrite() error }).CloseWrite(); err != nil {
		return err
	}
	got, err := io.ReadAll(c)
	if err == nil && string(got) != protocol.Accio+protocol.Accio {
		err = fmt.Errorf("got %q", got)
	}
	return err
}

// Every kind of address is listened on, tells where it is and who comes, one at a time or
// some.
func TestListenAt(t *testing.T) {
	t.Parallel()
	ipv6 := clitest.IPv6(t)
	eachWay(t, func(t *testing.T, w way) {
		for _, places := range []int{1, 3} {
			dir := clitest.ShortDir(t)
			for at, clients := range map[string][]string{
				"127.0.0.1:0":        {"tcp4 127.0.0.1"},
				"[::1]:0":            {"tcp6 ::1"},
				"[::]:0":             {"tcp6 ::1", "tcp4 127.0.0.1", "tcp4 127.0.0.2"},
				"unix:" + dir + "/s": {"unix"},
			} {
				if strings.HasPrefix(at, "[") && !ipv6 {
					continue
				}
				a := Address{}
				if path, ok := strings.CutPrefix(at, "unix:"); ok {
					a.Path = path
				} else {
					a.AddrPort = netip.MustParseAddrPort(at)
				}
				ln, err := w.at(t.Context(), a)
				if err != nil {
					t.Fatal(at, err)
				}
				where := Where(ln)
				if where.Path != a.Path || where.Addr() != a.Addr() || where.IsValid() && where.Port() == 0 || a.Path != "" && where.String() != at {
					t.Errorf("%s: it listens on %s", at, where)
				}
				o := serveOn(t, ln, &Server{Concurrency: places})
				for i, client := range clients {
					network, ip, _ := strings.Cut(client, " ")
					address, peer := a.Path, "local"
					if ip != "" {
						address = net.JoinHostPort(ip, fmt.Sprint(where.Port()))
						peer = ip
					}
					if err := sessionAt(network, address, i); err != nil {
						t.Errorf("%s, %s: %v", at, client, err)
						continue
					}
					o.mu.Lock()
					r := o.results[i]
					o.mu.Unlock()
					got := Peer(r.Remote)
					if r.Remote.IsValid() {
						got = r.Remote.Addr().String()
					}
					if ip == "127.0.0.2" {
						peer = got // the client's address is its system's choice
					}
					if !r.Good || r.Bytes != int64(i) || got != peer {
						t.Errorf("%s, %s: %+v", at, client, r)
					}
				}
				o.end()
				if a.Path != "" {
					if _, err := os.Lstat(a.Path); !errors.Is(err, os.ErrNotExist) {
						t.Errorf("the socket is left: %v", err)
					}
				}
			}
		}
	})
}

// A Unix socket that nobody listens on is replaced; one that somebody does is in use, and
// what is no socket stays.
func TestListenAtAPathThatIsThere(t *testing.T) {
	t.Parallel()
	eachWay(t, func(t *testing.T, w way) {
		path := filepath.Join(clitest.ShortDir(t), "s")
		left, err := net.ListenUnix("unix", &net.UnixAddr{Name: path})
		if err != nil {
			t.Fatal(err)
		}
		left.SetUnlinkOnClose(false)
		if _, err := w.at(t.Context(), Address{Path: path}); !errno.IsInUse(err) {
			t.Errorf("%v, wanted that it is in use", err)
		}
		left.Close()
		open := func() Listener {
			ln, err := w.at(t.Context(), Address{Path: path})
			if err != nil {
				t.Fatal(err)
			}
			if queue, ok := ln.(Queue); ok {
				if n, known := queue.Queued(); n != 0 || known {
					t.Errorf("%d wait, %t", n, known)
				}
			}
			return ln
		}
		ln := open()
		ln.Close()
		next := open()
		ln.Close()
		if _, err := os.Lstat(path); err != nil {
			t.Errorf("one that was closed before has removed it: %v", err)
		}
		next.Close()
		if err := os.WriteFile(path, []byte("mine"), 0o600); err != nil {
			t.Fatal(err)
		}
		_, err = w.at(t.Context(), Address{Path: path})
		if text, _ := os.ReadFile(path); !errno.IsInUse(err) || string(text) != "mine" {
			t.Errorf("%v, and the file has %q", err, text)
		}
	})
}

// Of several listeners each is served, by as many places as there are for all.
func TestJoin(t *testing.T) {
	t.Parallel()
	eachWay(t, func(t *testing.T, w way) {
		for _, places := range []int{1, 2} {
			path := filepath.Join(clitest.ShortDir(t), "s")
			var all []Listener
			for _, a := range []Address{{Path: path}, {AddrPort: netip.MustParseAddrPort("127.0.0.1:0")}, {AddrPort: netip.MustParseAddrPort("127.0.0.1:0")}} {
				ln, err := w.at(t.Context(), a)
				if err != nil {
					t.Fatal(err)
				}
				all = append(all, ln)
			}
			ln := w.join(all)
			if ln.Addr() != all[1].Addr() || w.join(all[:1]) != all[0] {
				t.Errorf("it is on %s", ln.Addr())
			}
			addresses := [][2]string{{"unix", path}, {"tcp", all[1].Addr().String()}, {"tcp", all[2].Addr().String()}}
			holders := make([]net.Conn, places) // each has a place
			o := serveOn(t, ln, &Server{Concurrency: places})
			for i := range holders {
				c, err := net.Dial(addresses[i][0], addresses[i][1])
				if err != nil {
					t.Fatal(err)
				}
				c.SetDeadline(time.Now().Add(patience))
				if _, err := io.ReadFull(c, make([]byte, len(protocol.Accio))); err != nil {
					t.Fatal(err)
				}
				holders[i] = c
			}
			waits, errs := make(chan error, 30), 0
			for i := range cap(waits) {
				go func() { waits <- sessionAt(addresses[i%3][0], addresses[i%3][1], i) }()
			}
			select {
			case err := <-waits:
				t.Errorf("served without a place: %v", err)
				errs++
			case <-time.After(5 * time.Millisecond):
			}
			for _, c := range holders {
				c.Close()
			}
			for range cap(waits) - errs {
				if err := <-waits; err != nil {
					t.Error(err)
				}
			}
			o.end()
			sum := int64(0)
			for _, r := range o.results {
				sum += r.Bytes
			}
			if len(o.results) != places+cap(waits) || sum != 30*29/2 {
				t.Errorf("%d results, %d bytes", len(o.results), sum)
			}
			for _, a := range addresses {
				if c, err := net.Dial(a[0], a[1]); err == nil {
					c.Close()
					t.Errorf("%s listens still", a[1])
				}
			}
		}
	})
}

// Who was accepted for one who accepts no more is turned away, as those in the queue are.
func TestJoinedTurnsAway(t *testing.T) {
	t.Parallel()
	for _, late := range []bool{false, true} {
		var all []Listener
		var clients []net.Conn
		for range 2 {
			ln, err := listenPortable(t.Context(), Address{AddrPort: netip.MustParseAddrPort("127.0.0.1:0")})
			if err != nil {
				t.Fatal(err)
			}
			all = append(all, ln)
		}
		j := join(all).(*joined)
		for _, ln := range all {
			c, err := net.Dial("tcp", ln.Addr().String())
			if err != nil {
				t.Fatal(err)
			}
			defer c.Close()
			c.SetDeadline(time.Now().Add(patience))
			clients = append(clients, c)
		}
		first, err := j.Accept()
		if err != nil {
			t.Fatal(err)
		}
		defer first.Close()
		holds := func() bool { j.mu.Lock(); defer j.mu.Unlock(); return len(j.held) == 1 }
		for end := time.Now().Add(patience); !late && !holds() && time.Now().Before(end); {
			time.Sleep(time.Millisecond)
		}
		j.Close()
		if c, err := j.Accept(); !errors.Is(err, net.ErrClosed) {
			t.Errorf("after Close: %v, %v", c, err)
		}
		for i, ln := range all {
			if clients[i].LocalAddr().String() == first.Remote().String() {
				continue
			}
			if _, err := clients[i].Read(make([]byte, 1)); !errors.Is(err, syscall.ECONNRESET) {
				t.Errorf("the other, of %s: %v", ln.Addr(), err)
			}
		}
	}
}

// A listener that another program has too is left to that: clients that come when one
// server has ended wait for the next.
func TestInherit(t *testing.T) {
	t.Parallel()
	eachWay(t, func(t *testing.T, w way) {
		path := filepath.Join(clitest.ShortDir(t), "s")
		for _, at := range [][2]string{{"tcp4", "127.0.0.1:0"}, {"tcp", "[::]:0"}, {"unix", path}} {
			kept, err := net.Listen(at[0], at[1])
			if err != nil {
				t.Fatal(err)
			}
			defer kept.Close()
			address := kept.Addr().String()
			for round := range 3 {
				waiting, err := net.DialTimeout(kept.Addr().Network(), address, patience)
				if err != nil {
					t.Fatal(err)
				}
				defer waiting.Close()
				waiting.SetDeadline(time.Now().Add(patience))
				f, err := kept.(interface{ File() (*os.File, error) }).File()
				if err != nil {
					t.Fatal(err)
				}
				ln, err := w.inherit(f)
				f.Close()
				if err != nil {
					t.Fatal(err)
				}
				if where := Where(ln); where.String() != address && where.String() != "unix:"+address {
					t.Errorf("%s is listened on as %s", address, where)
				}
				o := serveOn(t, ln, &Server{Concurrency: 1 + round%2})
				if err := sessionOn(waiting, round); err != nil {
					t.Errorf("round %d at %s: %v", round, address, err)
				}
				o.end()
				if len(o.results) != 1 || o.results[0].Bytes != int64(round) {
					t.Errorf("round %d at %s: %+v", round, address, o.results)
				}
			}
			if at[0] == "unix" {
				if _, err := os.Lstat(path); err != nil {
					t.Errorf("the socket is gone: %v", err)
				}
			}
		}
		file, err := os.CreateTemp(t.TempDir(), "")
		if err != nil {
			t.Fatal(err)
		}
		defer file.Close()
		if ln, err := w.inherit(file); err == nil {
			ln.Close()
			t.Error("a file is a listener")
		}
		packets, err := net.Listen("unixpacket", filepath.Join(clitest.ShortDir(t), "p"))
		if errors.Is(err, syscall.EPROTONOSUPPORT) {
			return // as on darwin
		} else if err != nil {
			t.Fatal(err)
		}
		defer packets.Close()
		f, err := packets.(*net.UnixListener).File()
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		if ln, err := w.inherit(f); !errors.Is(err, errNoStream) {
			t.Errorf("a socket of packets: %v, %v", ln, err)
		}
	})
}

// The server says that it goes round, from the beginning on, and not while a result is
// blocked if it is one of the system's listeners that it serves.
func TestBeat(t *testing.T) {
	t.Parallel()
	for name, w := range ways {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for _, places := range []int{1, 2} {
				ln, err := w.at(t.Context(), Address{AddrPort: netip.MustParseAddrPort("127.0.0.1:0")})
				if err != nil {
					t.Fatal(err)
				}
				beats, blocked, resume := make(chan bool, 1000), make(chan bool), make(chan bool)
				s := &Server{Table: &protocol.Server, Concurrency: places, BeatEvery: time.Millisecond,
					Beat: func() { beats <- true },
					Result: func(Result) error {
						blocked <- true
						<-resume
						return nil
					}}
				ctx, stop := context.WithCancel(t.Context())
				served := make(chan error, 1)
				go func() { served <- s.Serve(ctx, ln) }()
				beat := func(n int) {
					for range n {
						select {
						case <-beats:
						case <-time.After(patience):
							t.Fatal("it does not go round")
						}
					}
				}
				beat(5)
				c, err := net.Dial("tcp4", ln.Addr().String())
				if err != nil {
					t.Fatal(err)
				}
				c.Close()
				<-blocked
				for len(beats) > 0 {
					<-beats
				}
				if name == "fast" {
					select {
					case <-beats:
						t.Error("it goes round while a result is blocked")
					case <-time.After(20 * time.Millisecond):
					}
				}
				resume <- true
				beat(3)
				stop()
				if err := <-served; err != nil {
					t.Error(err)
				}
			}
		})
	}
}

// An address that cannot be is an error with the system's reason.
func TestListenAtFails(t *testing.T) {
	eachWay(t, func(t *testing.T, w way) {
		for at, want := range map[Address]error{
			{AddrPort: netip.MustParseAddrPort("192.0.2.1:5000")}:     syscall.EADDRNOTAVAIL,
			{AddrPort: netip.MustParseAddrPort("[2001:db8::1]:5000")}: syscall.EADDRNOTAVAIL,
			{Path: "/nonexistent/accio/s"}:                            syscall.ENOENT,
		} {
			if ln, err := w.at(t.Context(), at); !errors.Is(err, want) {
				if err == nil {
					ln.Close()
				}
				t.Errorf("%s: %v, want %v", at, err, want)
			}
		}
	})
}
