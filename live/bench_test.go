package live

import (
	"context"
	"io"
	"net"
	"net/http"
	"net/netip"
	"sync"
	"testing"
	"time"

	"accio/fsm"
	"accio/protocol"
	"accio/transport"
)

// What a change of state costs, alone and with a reader that never rests.
func BenchmarkTransition(b *testing.B) {
	for name, readers := range map[string]int{"alone": 0, "read": 1} {
		b.Run(name, func(b *testing.B) {
			f := newFeed(&protocol.Server)
			p := f.reporter()
			stop := make(chan struct{})
			var running sync.WaitGroup
			for range readers {
				running.Go(func() {
					for {
						select {
						case <-stop:
							return
						default:
							p.Observer.view()
						}
					}
				})
			}
			f.accept()
			now := f.open[1]
			tr := transport.Transition{Connection: 1, From: protocol.SendAccio1, Event: protocol.Sent, To: protocol.AwaitConfirm1}
			b.ReportAllocs()
			for b.Loop() {
				now.at.Store(0)
				f.Observe(tr)
			}
			close(stop)
			running.Wait()
		})
	}
}

// played is a listener whose connections hold a whole session from the start.
type played struct {
	left int
	at   int
}

const playedStream = protocol.Confirm1 + protocol.Confirm2 + "payload"

func (p *played) Accept() (transport.Incoming, error) {
	if p.left == 0 {
		return nil, net.ErrClosed
	}
	p.left--
	p.at = 0
	return playedConn{p}, nil
}

func (p *played) Close() error         { return nil }
func (p *played) Addr() netip.AddrPort { return peer }

// playedConn is such a connection.
type playedConn struct{ *played }

func (p playedConn) Read(b []byte) (int, error) {
	n := copy(b, playedStream[p.at:])
	p.at += n
	return n, nil
}

func (p playedConn) Discard() (int64, error) {
	n := len(playedStream) - p.at
	p.at = len(playedStream)
	if n == 0 {
		return 0, io.EOF
	}
	return int64(n), nil
}

func (p playedConn) Write(b []byte) (int, error)   { return len(b), nil }
func (p playedConn) CloseWrite() error             { return nil }
func (p playedConn) SetDeadline(t time.Time) error { return nil }
func (p playedConn) Remote() netip.AddrPort        { return peer }

// What a session costs without its system calls: unwatched and watched.
func BenchmarkSession(b *testing.B) {
	for _, how := range []string{"bare", "watched"} {
		b.Run(how, func(b *testing.B) {
			server := &transport.Server{Table: &protocol.Server, Result: func(transport.Result) error { return nil }}
			if how == "watched" {
				o := NewObserver(&protocol.Server)
				server.Accepted, server.Observe = o.Accepted, o.Observe
				server.Result = func(r transport.Result) error { o.Ended(r); return nil }
			}
			b.ReportAllocs()
			server.Serve(context.Background(), &played{left: b.N})
		})
	}
}

// What an update costs whoever makes it, with nothing and with everything new.
func BenchmarkUpdate(b *testing.B) {
	f := newFeed(&protocol.Server)
	p := f.reporter()
	for range kept {
		f.session(500, protocol.Sent, protocol.Confirmed, protocol.Sent, protocol.Confirmed, fsm.Closed)
	}
	for name, place := range map[string]uint64{"idle": kept, "loaded": 0} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			n := 0
			for b.Loop() {
				m := p.moment()
				n = len(message("update", p.update(&m, place)))
			}
			b.ReportMetric(float64(n), "bytes")
		})
	}
}

// A session of 500 bytes over loopback, the client's share included: without a
// page, with one, and with one that is open.
func BenchmarkServer(b *testing.B) {
	for _, how := range []string{"bare", "page", "open"} {
		b.Run(how, func(b *testing.B) {
			ctx, stop := context.WithCancel(b.Context())
			ln, err := transport.Listen(ctx, 0)
			if err != nil {
				b.Fatal(err)
			}
			server := &transport.Server{Table: &protocol.Server, Result: func(transport.Result) error { return nil }}
			var running sync.WaitGroup
			defer running.Wait()
			defer stop()
			if how != "bare" {
				s := serve(b, ctx, server, ln)
				if how == "open" {
					resp, err := http.Get(s.URL() + "/events")
					if err != nil {
						b.Fatal(err)
					}
					defer http.DefaultClient.CloseIdleConnections()
					running.Go(func() { io.Copy(io.Discard, resp.Body); resp.Body.Close() })
				}
			}
			running.Go(func() { server.Serve(ctx, ln) })
			address := netip.AddrPortFrom(netip.MustParseAddr("127.0.0.1"), ln.Addr().Port()).String()
			stream := []byte(protocol.Confirm1 + protocol.Confirm2 + string(make([]byte, 500)))
			b.ReportAllocs()
			for b.Loop() {
				c, err := net.Dial("tcp4", address)
				if err != nil {
					b.Fatal(err)
				}
				c.Write(stream)
				c.(*net.TCPConn).CloseWrite()
				if n, err := io.Copy(io.Discard, c); n != 14 || err != nil {
					b.Fatal(n, err)
				}
				c.Close()
			}
		})
	}
}
