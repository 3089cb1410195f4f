package live

import (
	"context"
	"io"
	"net"
	"net/http"
	"net/netip"
	"sync"
	"testing"

	"accio/fsm"
	"accio/transport"
)

// What a change of state costs, alone and with a reader that never rests.
func BenchmarkTransition(b *testing.B) {
	for name, readers := range map[string]int{"alone": 0, "read": 1} {
		b.Run(name, func(b *testing.B) {
			f := newFeed(&fsm.Server)
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
			tr := transport.Transition{Connection: 1, From: fsm.AwaitConfirm2, Event: fsm.Confirmed, To: fsm.Streaming}
			b.ReportAllocs()
			for b.Loop() {
				f.Observe(tr)
			}
			close(stop)
			running.Wait()
		})
	}
}

// What a session costs the observer: five transitions, its start and its end.
func BenchmarkSession(b *testing.B) {
	f := newFeed(&fsm.Server)
	events := []fsm.Event{fsm.Sent, fsm.Confirmed, fsm.Sent, fsm.Confirmed, fsm.Closed}
	b.ReportAllocs()
	for b.Loop() {
		f.session(500, events...)
	}
}

// What an update costs whoever makes it, with nothing and with everything new.
func BenchmarkUpdate(b *testing.B) {
	f := newFeed(&fsm.Server)
	p := f.reporter()
	for range kept {
		f.session(500, fsm.Sent, fsm.Confirmed, fsm.Sent, fsm.Confirmed, fsm.Closed)
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
			server := &transport.Server{Result: func(transport.Result) error { return nil }}
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
			stream := []byte(fsm.Confirm1 + fsm.Confirm2 + string(make([]byte, 500)))
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
