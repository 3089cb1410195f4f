//go:build linux

package simkernel_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"net"
	"net/netip"
	"os"
	"slices"
	"strings"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"accio/explore"
	"accio/explore/simkernel"
	"accio/internal/require"

	"golang.org/x/sys/unix"
)

// both is what a connection of package net's can be asked, beside net.Conn.
type both interface {
	net.Conn
	CloseRead() error
	CloseWrite() error
}

// peer is the client of one.
type peer interface {
	Arrive(text string)
	End()
	Reset()
}

// told is an error as programs tell it from others.
func told(err error) string {
	for _, known := range []error{io.EOF, net.ErrClosed, os.ErrDeadlineExceeded, syscall.ECONNRESET, syscall.EPIPE, syscall.ENOTCONN} {
		if errors.Is(err, known) {
			op := ""
			if wrapped, ok := errors.AsType[*net.OpError](err); ok {
				op = fmt.Sprint(wrapped.Op, " ", wrapped.Net, " ", wrapped.Timeout(), " ")
			}
			return op + known.Error()
		}
	}
	return fmt.Sprint(err)
}

// steps are what can happen to a connection; the server's are calls of package net.
var steps = []string{"send", "end", "reset", "read", "read nothing", "write", "write nothing", "close read", "close write", "close", "past", "future"}

// play plays one step and returns what came of it. Silence is how long a read waits
// for what does not come.
func play(step string, c both, p peer, silence time.Duration, deadline *time.Time) string {
	past := deadline.Before(time.Now()) && !deadline.IsZero()
	switch step {
	case "send":
		p.Arrive("abc")
	case "end":
		p.End()
	case "reset":
		p.Reset()
	case "past", "future":
		*deadline = time.Time{}
		if step == "past" {
			*deadline = time.Unix(1, 0)
		}
		return told(c.SetDeadline(*deadline))
	case "read":
		if !past {
			c.SetReadDeadline(time.Now().Add(silence))
		}
		buffer := make([]byte, 2)
		n, err := c.Read(buffer)
		return fmt.Sprintf("%q %s", buffer[:n], told(err))
	case "read nothing":
		n, err := c.Read(nil)
		return fmt.Sprint(n, told(err))
	case "write":
		n, err := c.Write([]byte("xyz"))
		return fmt.Sprint(n, told(err))
	case "write nothing":
		n, err := c.Write(nil)
		return fmt.Sprint(n, told(err))
	case "close read":
		return told(c.CloseRead())
	case "close write":
		return told(c.CloseWrite())
	case "close":
		return told(c.Close())
	}
	return ""
}

// pair is a connection over loopback.
type pair struct{ client *net.TCPConn }

func (p pair) Arrive(text string) { io.WriteString(p.client, text) }
func (p pair) End()               { p.client.CloseWrite() }
func (p pair) Reset()             { p.client.SetLinger(0); p.client.Close() }

// awaitReset waits until the system has taken in a reset, which may come later than the
// call that sends it returns. There is nobody to take it in where c is closed.
func awaitReset(t *testing.T, c *net.TCPConn) {
	t.Helper()
	raw, err := c.SyscallConn()
	if err != nil {
		t.Fatal(err)
	}
	raw.Control(func(fd uintptr) {
		for polled := []unix.PollFd{{Fd: int32(fd)}}; polled[0].Revents&unix.POLLERR == 0; {
			if n, err := unix.Poll(polled, 10_000); err != unix.EINTR && (n == 0 || err != nil) {
				t.Fatalf("no reset comes: %v", err)
			}
		}
	})
}

// simulated plays a script on a simulated machine.
func simulated(t *testing.T, script []string) (answers []string) {
	synctest.Test(t, func(t *testing.T) {
		k := simkernel.New()
		ln, err := k.Process().ListenNet(0, nil)
		if err != nil {
			t.Fatal(err)
		}
		guest, err := k.Guest(ln.Addr().(*net.TCPAddr).AddrPort())
		if err != nil {
			t.Fatal(err)
		}
		c, err := ln.Accept()
		if err != nil {
			t.Fatal(err)
		}
		var deadline time.Time
		for _, step := range script {
			answers = append(answers, play(step, c.(both), guest, time.Hour, &deadline))
		}
		c.Close()
		ln.Close()
	})
	return answers
}

// What a server of package net's sees on the simulated machine is what it sees on this
// one, for every script of three steps.
func TestConnIsLikeOneOfPackageNet(t *testing.T) {
	ln, err := net.ListenTCP("tcp4", &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1)})
	if err != nil {
		t.Fatal(err)
	}
	defer ln.Close()
	scripts, answered := 0, map[string]int{}
	var every func(script []string)
	every = func(script []string) {
		if len(script) < 3 {
			for _, step := range steps {
				if over := slices.Contains(script, "end") || slices.Contains(script, "reset"); over && slices.Contains(steps[:3], step) {
					continue // nothing comes from a client that has gone
				}
				every(append(slices.Clone(script), step))
			}
			return
		}
		scripts++
		want := simulated(t, script)
		client, err := net.DialTCP("tcp4", nil, ln.Addr().(*net.TCPAddr))
		if err != nil {
			t.Fatal(err)
		}
		defer client.Close()
		c, err := ln.AcceptTCP()
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
		var deadline time.Time
		for i, step := range script {
			silence := 10 * time.Second
			if strings.HasSuffix(want[i], os.ErrDeadlineExceeded.Error()) {
				silence = 2 * time.Millisecond // nothing is under way
			}
			if got := play(step, c, pair{client}, silence, &deadline); got != want[i] {
				t.Errorf("%v: package net gives %q, the simulation %q", script[:i+1], got, want[i])
				return
			}
			if step == "reset" && i+1 < len(script) {
				awaitReset(t, c)
			}
			answered[want[i]]++
		}
	}
	every(nil)
	require.Ran(t, "scripts", scripts, 1542)
	given := strings.Join(slices.Collect(maps.Keys(answered)), "\n")
	for _, errno := range []error{io.EOF, net.ErrClosed, os.ErrDeadlineExceeded, syscall.ECONNRESET, syscall.EPIPE} {
		if !strings.Contains(given, errno.Error()) {
			t.Errorf("nothing has given %q", errno)
		}
	}
}

// upper answers each line in capitals, until an empty one.
func upper(ctx context.Context, ln net.Listener) {
	for {
		c, err := ln.Accept()
		if err != nil {
			return
		}
		func() {
			defer c.Close()
			defer context.AfterFunc(ctx, func() { c.SetDeadline(time.Unix(1, 0)) })()
			for lines := bufio.NewScanner(c); ctx.Err() == nil && lines.Scan() && lines.Text() != ""; {
				if _, err := io.WriteString(c, strings.ToUpper(lines.Text())+"\n"); err != nil {
					return
				}
			}
		}()
	}
}

// byHand is the same, played by hand.
type byHand struct {
	explore.Seen
	queue       string
	over, reset bool
}

func (h *byHand) Give(in explore.Input) {
	h.queue += in.Bytes
	h.over = h.over || in.What == explore.End || in.What == explore.Stop || in.What == explore.Reset
	h.reset = h.reset || in.What == explore.Stop || in.What == explore.Reset
}

func (h *byHand) Settle() explore.Seen {
	for !h.Ended && !(h.reset && h.queue != "") {
		line, rest, whole := strings.Cut(h.queue, "\n")
		if !whole && !(h.over && line != "") {
			break
		}
		if h.queue = rest; line == "" {
			h.Ended = true
		} else {
			h.Said += strings.ToUpper(line) + "\n"
		}
	}
	h.Ended = h.Ended || h.over
	return h.Seen
}

func (h *byHand) Key() any { return *h }

// A server that was written for package net, its loop of Accept included, is explored
// on a simulated machine.
func TestServe(t *testing.T) {
	counts := explore.Check(t, explore.Suite{
		Subject: simkernel.Serve(upper),
		Expect:  explore.ByHand(func() explore.Machine { return &byHand{} }),
		Alphabet: explore.Alphabet{explore.Text("ab", "ab\n"), explore.Text("a", "a"), explore.Text("nl", "\n"),
			{Name: "end", What: explore.End}, {Name: "reset", What: explore.Reset}, {Name: "stop", What: explore.Stop}},
		Length:  3,
		Session: "ab\nc\n\n",
	})
	if want := (explore.Counts{Words: 82, Cuts: 16, Shutdowns: 181, Resets: 181, Refusals: 181}); counts != want {
		t.Errorf("%v, want %v", counts, want)
	}
}

// What fails is an error of package net's.
func TestListenFails(t *testing.T) {
	k := simkernel.New()
	p := k.Process()
	ln, err := p.ListenNet(7, nil)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := p.ListenNet(7, nil); !errors.Is(err, syscall.EADDRINUSE) || !strings.Contains(err.Error(), "listen tcp4 0.0.0.0:7: bind: address already in use") {
		t.Error(err)
	}
	ln.SetDeadline(time.Unix(1, 0))
	if _, err := ln.Accept(); !errors.Is(err, os.ErrDeadlineExceeded) {
		t.Error(err)
	}
	ln.SetDeadline(time.Time{})
	p.SetDescriptors(1)
	if _, err := k.Guest(netip.MustParseAddrPort("127.0.0.1:7")); err != nil {
		t.Fatal(err)
	}
	if _, err := ln.Accept(); !errors.Is(err, syscall.EMFILE) {
		t.Error(err)
	}
	p.SetDescriptors(0)
	if c, err := ln.Accept(); err != nil || c.LocalAddr().String() != "127.0.0.1:7" {
		t.Error(c, err)
	}
	if err := ln.Close(); err != nil {
		t.Error(err)
	}
	if err := ln.Close(); !errors.Is(err, net.ErrClosed) {
		t.Error(err)
	}
	if _, err := ln.Accept(); !errors.Is(err, net.ErrClosed) {
		t.Error(err)
	}
}
