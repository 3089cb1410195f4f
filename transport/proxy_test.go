package transport

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/netip"
	"os"
	"runtime"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"accio/explore"
	"accio/fsm"
	"accio/internal/require"
	"accio/protocol"
)

// balanced is a server of one of the ways to serve, behind a balancer that is in our hands.
type balanced struct {
	hall
	*Server
	t          *testing.T
	identified []Result
	results    []Result
	stop       context.CancelFunc
}

var (
	anywhere = []netip.Prefix{netip.MustParsePrefix("0.0.0.0/0")}
	nowhere  = []netip.Prefix{netip.MustParsePrefix("192.0.2.0/24"), netip.MustParsePrefix("2001:db8::1/128")}
)

// eachService runs a test in a bubble of its own with each of the ways to serve: one
// connection at a time and some, by package net and on a simulated kernel.
func eachService(t *testing.T, test func(b *balanced)) {
	ran, want := 0, 2
	if runtime.GOOS == "linux" {
		want = 4
	}
	for name, open := range halls {
		for _, places := range []int{1, 3} {
			ran++
			t.Run(fmt.Sprintf("%s of %d", name, places), func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					ctx, stop := context.WithCancel(t.Context())
					b := &balanced{hall: open(), t: t, stop: stop}
					b.Server = &Server{Table: &protocol.Server, Concurrency: places, Proxy: &Proxy{From: anywhere, Unix: true},
						Identified: func(r Result) { b.identified = append(b.identified, r) },
						Result:     func(r Result) error { b.results = append(b.results, r); return nil }}
					began, served := false, make(chan error, 1)
					b.hall = beginning{b.hall, func() {
						if !began { // with what the test has changed
							began = true
							go func() { served <- b.Serve(ctx, b.hall.(beginning).hall) }()
						}
					}}
					test(b)
					stop()
					if !began {
						t.Fatal("nobody came")
					}
					if err := <-served; err != nil {
						t.Error(err)
					}
					if err := b.left(); err != nil {
						t.Error(err)
					}
				})
			})
		}
	}
	require.Ran(t, "ways", ran, want)
}

// beginning is a hall that opens when the first client comes.
type beginning struct {
	hall
	open func()
}

func (h beginning) enter() guest {
	h.open()
	return h.hall.enter()
}

// next returns the result of the connection that has just ended, the only one.
func (b *balanced) next() (r Result) {
	b.t.Helper()
	synctest.Wait()
	if len(b.results) != 1 {
		b.t.Fatalf("%d results", len(b.results))
	}
	r, b.results = b.results[0], nil
	return r
}

// wantError wants an end in the first state.
func (b *balanced) wantError(event fsm.Event, after time.Duration, reason string) Result {
	b.t.Helper()
	r := b.next()
	if r.State != protocol.Error || r.From != protocol.SendAccio1 || r.Event != event || r.Elapsed != after || r.Bytes != 0 || r.Reason != reason {
		b.t.Errorf("%+v; want %s after %s: %s", r, event, after, reason)
	}
	if len(b.identified) > 0 {
		b.t.Errorf("identified: %+v", b.identified)
	}
	return r
}

// waits wants a connection in service whose header has not come, and nothing to have been
// said to it.
func (b *balanced) waits(c guest, silence time.Duration) {
	b.t.Helper()
	synctest.Wait()
	p, ok := b.Progress()
	if !ok || p.State != protocol.SendAccio1 || p.Bytes != 0 || p.Arrived != 0 || p.Silence != silence || c.Said() != "" || len(b.identified) > 0 {
		b.t.Fatalf("%t, %+v, said %q, identified %+v", ok, p, c.Said(), b.identified)
	}
}

// §6.19: headers in two pieces, cut anywhere, the second of which has all that follows.
func TestEveryCutOfAProxyHeader(t *testing.T) {
	eachService(t, func(b *balanced) {
		cuts, number := 0, uint64(0)
		for _, h := range proxyHeaders {
			stream := h.text + header + "payload"
			for cut := 0; cut <= len(h.text)+1; cut++ {
				if cut > 120 && cut < len(h.text)-2 {
					continue // of TLVs
				}
				cuts, number = cuts+1, number+1
				c := b.enter()
				c.Arrive(stream[:cut])
				if cut < len(h.text) {
					b.waits(c, 0)
				} else {
					synctest.Wait()
					if p, _ := b.Progress(); p.State != protocol.AwaitConfirm1 || p.Bytes != 0 || h.client.IsValid() && p.Remote != h.client {
						b.t.Fatalf("%q: %+v", h.text, p)
					}
				}
				c.Arrive(stream[cut:])
				c.End()
				r := b.next()
				if !r.Good || r.Bytes != 7 || r.Connection != number || c.Said() != protocol.Accio+protocol.Accio {
					b.t.Fatalf("%q, %d bytes first: %+v, said %q", h.text, cut, r, c.Said())
				}
				switch n := len(b.identified); {
				case !h.client.IsValid() && (n > 0 || r.Remote == client4 || r.Remote == client6):
					b.t.Fatalf("%q is of nobody: %+v, identified %+v", h.text, r, b.identified)
				case h.client.IsValid() && (n != 1 || b.identified[0] != Result{Connection: number, Remote: h.client, Started: r.Started} || r.Remote != h.client):
					b.t.Fatalf("%q is of %s: %+v, identified %+v", h.text, h.client, r, b.identified)
				}
				b.identified = nil
			}
		}
		require.Ran(b.t, "cuts", cuts, 993)
	})
}

// §6.19: the same byte by byte, each nine seconds after the one before.
func TestProxyHeaderByteByByte(t *testing.T) {
	eachService(t, func(b *balanced) {
		for _, h := range proxyHeaders[:2] {
			c := b.enter()
			for i := range h.text {
				b.waits(c, 0)
				time.Sleep(9 * time.Second)
				b.waits(c, 9*time.Second)
				c.Arrive(h.text[i : i+1])
			}
			c.Arrive(header)
			c.End()
			if r := b.next(); !r.Good || r.Bytes != 0 || r.Remote != h.client || r.Elapsed != time.Duration(len(h.text))*9*time.Second {
				b.t.Errorf("%+v", r)
			}
			b.identified = nil
		}
	})
}

// §6.19: what is wrong is told at once, byte by byte too, with what came.
func TestNoProxyHeader(t *testing.T) {
	eachService(t, func(b *balanced) {
		for _, h := range wrongProxyHeaders {
			for _, behind := range []string{"", header + "payload"} {
				c := b.enter()
				c.Arrive(h.text + behind)
				r := b.wantError(fsm.Failed, 0, "no PROXY header: "+h.reason)
				if want, ok := errors.AsType[*ProxyError](r.Err); !ok || want.Refused || want.Err == nil || r.Hint != wantProxy || c.Said() != "" {
					b.t.Errorf("%q: %v, said %q", h.text, r.Err, c.Said())
				}
				came := h.text // alone if it was whole, and what it says is wrong
				if _, right, err := measure([]byte(h.text)); err != nil {
					came = (h.text + behind)[:min(len(h.text+behind), longestV1)]
					if right != h.right {
						b.t.Errorf("%q: %d bytes are right, want %d", h.text, right, h.right)
					}
				}
				if part, right := window(came, h.right); r.Right != right || r.Received != part {
					b.t.Errorf("%q: %d of %q are right, want %d of %q", h.text, r.Right, r.Received, right, part)
				}
			}
			c := b.enter()
			for i := range h.text {
				b.waits(c, 0)
				c.Arrive(h.text[i : i+1])
				if synctest.Wait(); len(b.results) > 0 {
					if whole := h.right == len(h.text) || i >= longestV1-1; !whole && i > max(h.right, fixedV2-1) {
						b.t.Errorf("%q: told after %d bytes", h.text, i+1)
					}
					break
				}
			}
			b.wantError(fsm.Failed, 0, "no PROXY header: "+h.reason)
		}
	})
}

// §6.19: a connection that ends, or falls silent, before its header is whole.
func TestEndBeforeTheProxyHeader(t *testing.T) {
	some := proxyHeaders[8].text[:20]
	for _, sent := range []string{"", some[:1], some} {
		came := ""
		if sent != "" {
			came = fmt.Sprintf("; %d bytes of it came", len(sent))
		}
		eachService(t, func(b *balanced) {
			for _, test := range []struct {
				do     func(c guest)
				event  fsm.Event
				err    error
				after  time.Duration
				reason string
			}{
				{func(c guest) { c.End() }, fsm.Failed, io.EOF, 3 * time.Second, "the peer closed"},
				{func(c guest) { c.Reset() }, fsm.Failed, nil, 3 * time.Second, "the peer reset the connection"},
				{func(guest) { time.Sleep(DefaultIdleTimeout - 3*time.Second) }, fsm.TimedOut, os.ErrDeadlineExceeded, DefaultIdleTimeout, "no data for 10s"},
			} {
				c := b.enter()
				c.Arrive(sent)
				b.waits(c, 0)
				time.Sleep(3 * time.Second)
				b.waits(c, 3*time.Second)
				test.do(c)
				r := b.wantError(test.event, test.after, "no PROXY header: "+test.reason+came)
				if !strings.HasSuffix(r.Hint, wantProxy) || r.Received != sent || r.Right != len(sent) || r.Err == nil || test.err != nil && !errors.Is(r.Err, test.err) {
					b.t.Errorf("%+v", r)
				}
				if probe := strings.Contains(r.Hint, "health check"); probe != (sent == "" && test.event == fsm.Failed) {
					b.t.Errorf("%s, and the hint is %s", r.Reason, r.Hint)
				}
			}
			c := b.enter()
			c.Arrive(sent)
			b.waits(c, 0)
			b.stop()
			if r := b.wantError(fsm.Shutdown, 0, "told to stop"); r.Err != nil {
				b.t.Errorf("%+v", r)
			}
		})
	}
}

// §9.7: a connection whose header has not come yet is ended by the operator like others.
func TestAbortBeforeTheProxyHeader(t *testing.T) {
	eachService(t, func(b *balanced) {
		c := b.enter()
		c.Arrive(proxyHeaders[0].text[:9])
		b.waits(c, 0)
		p, _ := b.Progress()
		if err := b.Abort(p.Connection); err != nil {
			b.t.Fatal(err)
		}
		if r := b.next(); r.Event != fsm.Aborted || !errors.Is(r.Err, ErrKilled) || !strings.HasPrefix(r.Reason, "ended by the operator") {
			b.t.Errorf("%+v", r)
		}
	})
}

// §9.5: of the connections that a balancer brings those of one client count together, as
// far as he is named.
func TestPeersBehindABalancer(t *testing.T) {
	t.Parallel()
	eachPath(t, func(t *testing.T, path string) {
		r := start(t, path, &Server{Table: &protocol.Server, Concurrency: 9, Accepted: func(Result) {}, IdleTimeout: time.Hour, Proxy: &Proxy{From: anywhere}, Limits: Limits{PerPeer: 1}})
		enters := func(header string) *peer {
			t.Helper()
			c := r.dial()
			c.send(header)
			c.expect(protocol.Accio)
			return c
		}
		const named, other, unknown = "PROXY TCP4 203.0.113.9 10.0.0.1 50123 5000\r\n", "PROXY TCP4 203.0.113.10 10.0.0.1 50123 5000\r\n", "PROXY UNKNOWN\r\n"
		for range 2 { // those who have left do not count
			c := enters(named)
			r.dial().send(named)
			if got := r.wantError(protocol.SendAccio1, fsm.Aborted); !errors.Is(got.Err, ErrPerPeer) || !strings.HasSuffix(got.Reason, "203.0.113.9 has 1 in service") {
				t.Errorf("%+v", got)
			}
			all := []*peer{c, enters(other), enters(unknown), enters(unknown)}
			for _, c := range all {
				c.Close()
				r.wantError(protocol.AwaitConfirm1, fsm.Closed)
			}
		}
	})
}

// unreadable is a connection of which nothing can be read.
type unreadable struct{ Conn }

var errBoom = errors.New("boom")

func (unreadable) Read([]byte) (int, error)    { return 0, errBoom }
func (unreadable) SetDeadline(time.Time) error { return nil }

// An error that says nothing to us is told as it is.
func TestProxyHeaderThatCannotBeRead(t *testing.T) {
	s := &session{conn: unreadable{}}
	event := (&proxied{Proxy: &Proxy{Unix: true}}).header(t.Context(), s)
	if event != fsm.Failed || !errors.Is(s.end.err, errBoom) || s.end.err.Error() != "no PROXY header: boom" {
		t.Errorf("%s, %v", event, s.end.err)
	}
}

// §6.19: whoever is no balancer is refused, whatever he sends, and nothing of it is read.
func TestNobodyButTheBalancerIsServed(t *testing.T) {
	eachService(t, func(b *balanced) {
		b.Proxy = &Proxy{From: nowhere, Setting: "--proxy-from"}
		for _, sent := range []string{"", proxyHeaders[0].text + header} {
			c := b.enter()
			c.Arrive(sent)
			r := b.next()
			who := "who comes by a Unix socket"
			if r.Remote.IsValid() {
				who = r.Remote.Addr().String()
			}
			refused, ok := errors.AsType[*ProxyError](r.Err)
			if r.From != protocol.SendAccio1 || r.Event != fsm.Failed || r.Reason != "refused: "+who+" is not a balancer of --proxy-from" ||
				r.Hint != "that has 192.0.2.0/24, 2001:db8::1; clients have to come through a balancer" || !ok || !refused.Refused || refused.Err != nil ||
				r.Received != "" || c.Said() != "" || len(b.identified) > 0 {
				b.t.Errorf("%+v", r)
			}
		}
	})
}

// The shutdown comes first (§2.4).
func TestShutdownBeatsTheRefusal(t *testing.T) {
	ctx, stop := context.WithCancel(t.Context())
	stop()
	h := &proxied{Proxy: &Proxy{From: nowhere}}
	if event := h.header(ctx, &session{}); event != fsm.Shutdown {
		t.Error(event)
	}
}

// Who is a balancer, and how that is told.
func TestBalancers(t *testing.T) {
	p := &Proxy{From: []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8"), netip.MustParsePrefix("fe80::/10"), netip.MustParsePrefix("192.0.2.7/32")}}
	for _, unix := range []bool{false, true} {
		p.Unix = unix
		for peer, want := range map[string]bool{
			"10.255.0.1:1": true, "[::ffff:10.0.0.1]:1": true, "[fe80::1%eth0]:1": true, "192.0.2.7:1": true,
			"11.0.0.1:1": false, "192.0.2.8:1": false, "[2001:db8::1]:1": false,
		} {
			if got := p.allows(netip.MustParseAddrPort(peer)); got != want {
				t.Errorf("%s: %t", peer, got)
			}
		}
		if p.allows(netip.AddrPort{}) != unix {
			t.Errorf("a Unix socket, with Unix %t", unix)
		}
	}
	if got, want := p.refusal(client4).Error(), "refused: 203.0.113.9 is not a balancer of Proxy.From"; got != want || p.balancers() != "10.0.0.0/8, fe80::/10, 192.0.2.7, unix" {
		t.Errorf("%s; %s", got, p.balancers())
	}
}

// Numbers are given in the order of coming, and Accepted is told of the balancer, whose
// headers come in any order; each connection has the client that its own header names.
func TestProxyHeadersOutOfOrder(t *testing.T) {
	eachService(t, func(b *balanced) {
		order := []int{2, 0, 1}[:b.Concurrency]
		if len(order) == 1 {
			order[0] = 0
		}
		var told []string
		b.Accepted = func(r Result) { told = append(told, fmt.Sprintf("%d accepted", r.Connection)) }
		b.Identified = func(r Result) { told = append(told, fmt.Sprintf("%d is %s", r.Connection, r.Remote)) }
		b.Observe = func(tr Transition) {
			if tr.From == protocol.SendAccio1 {
				told = append(told, fmt.Sprintf("%d %s", tr.Connection, tr.Event))
			}
		}
		var clients []guest
		for range order {
			clients = append(clients, b.enter())
			synctest.Wait()
		}
		for _, i := range order {
			clients[i].Arrive(fmt.Sprintf("PROXY TCP4 203.0.113.%d 10.0.0.1 50123 5000\r\n", i+1))
			synctest.Wait()
		}
		remotes := map[uint64]string{}
		for p := range b.Serving() {
			remotes[p.Connection] = p.Remote.String()
		}
		var want []string
		for i := range order {
			want = append(want, fmt.Sprintf("%d accepted", i+1))
		}
		for _, i := range order {
			remote := fmt.Sprintf("203.0.113.%d:50123", i+1)
			if want = append(want, fmt.Sprintf("%d is %s", i+1, remote), fmt.Sprintf("%d sent", i+1)); remotes[uint64(i+1)] != remote {
				b.t.Errorf("connection %d is from %s", i+1, remotes[uint64(i+1)])
			}
		}
		if !slices.Equal(told, want) {
			b.t.Errorf("%q", told)
		}
	})
}

// Over real sockets: the header, the confirmations and the payload in one piece and in
// small ones, and actions of a table's own that read lines behind it.
func TestProxyHeadersOverLoopback(t *testing.T) {
	t.Parallel()
	for _, places := range []int{1, 3} {
		eachPath(t, func(t *testing.T, path string) {
			r := start(t, path, &Server{Table: &protocol.Server, Concurrency: places, Proxy: &Proxy{From: anywhere}})
			for _, h := range proxyHeaders {
				for _, most := range []int{1 << 20, 50, 7} {
					c := r.dial()
					stream := h.text + header + strings.Repeat("x", 5000)
					for len(stream) > 0 {
						n := min(len(stream), most)
						c.send(stream[:n])
						stream = stream[n:]
					}
					c.CloseWrite()
					c.expect(protocol.Accio + protocol.Accio)
					c.expectEnd()
					want := h.client
					if !want.IsValid() {
						want = netip.MustParseAddrPort(c.LocalAddr().String())
					}
					if got := r.next(); !got.Good || got.Bytes != 5000 || got.Remote != want {
						t.Errorf("%.40q: %+v, want %s", h.text, got, want)
					}
				}
			}
		})
		eachPath(t, func(t *testing.T, path string) {
			r := start(t, path, &Server{Table: &lines, Do: doLines, Concurrency: places, Proxy: &Proxy{From: anywhere}})
			c := r.dial()
			c.send(proxyHeaders[0].text[:9])
			c.send(proxyHeaders[0].text[9:] + "keep\nabc\n.\nquit\nbye\n")
			c.expect("hello\nkept\n")
			if got := r.next(); !got.Good || got.Bytes != 4 || got.Remote != client4 {
				t.Errorf("%+v", got)
			}
		})
	}
}

// A header whose bytes are there when the idle limit has passed is read all the same (§2.5).
func TestProxyHeaderBeatsTheDeadline(t *testing.T) {
	for n := 1; n <= 2; n++ {
		var client netip.AddrPort
		p := &played{}
		synctest.Test(t, func(t *testing.T) {
			p.conn = explore.NewConn()
			p.conn.Arrive(proxyHeaders[0].text[:9])
			s := &session{table: &protocol.Server, idle: DefaultIdleTimeout, machine: fsm.NewMachine(&protocol.Server, nil)}
			s.conn = &frozen{p.conn, n, func() { time.Sleep(time.Hour); p.conn.Arrive(proxyHeaders[0].text[9:] + header); p.conn.End() }}
			s.preface = (&proxied{Proxy: &Proxy{Unix: true}, named: func(c netip.AddrPort) { client = c }}).header
			p.Result = s.conclude(t.Context(), Result{Started: time.Now()})
		})
		if p.wantDone(t, 0); client != client4 {
			t.Error(client)
		}
	}
}
