package transport

import (
	"context"
	"io"
	"net"
	"testing"
	"time"

	"accio/explore"
	"accio/fsm"
	"accio/protocol"
)

// replay is a connection that holds a whole session from the start.
type replay struct {
	explore.Conn
	at int
}

const replayed = header + "payload"

func (r *replay) Read(p []byte) (int, error) {
	n := copy(p, replayed[r.at:])
	r.at += n
	return n, nil
}

func (r *replay) Discard() (int64, error) {
	n := len(replayed) - r.at
	r.at = len(replayed)
	if n == 0 {
		return 0, io.EOF
	}
	return int64(n), nil
}

func (r *replay) Write(p []byte) (int, error)   { return len(p), nil }
func (r *replay) SetDeadline(t time.Time) error { return nil }
func (r *replay) Close() error                  { return nil }

// What a session costs without its system calls.
func BenchmarkSession(b *testing.B) {
	b.ReportAllocs()
	ctx, stop := context.WithCancel(context.Background())
	defer stop()
	machine := fsm.NewMachine(&protocol.Server, nil)
	for b.Loop() {
		machine.Reset()
		s := &session{table: &protocol.Server, machine: machine, conn: &replay{}, idle: DefaultIdleTimeout}
		if r := s.conclude(ctx, Result{}); r.State != protocol.Done {
			b.Fatal(r)
		}
	}
}

// A session of 500 bytes over loopback, the client's share included.
func BenchmarkServer(b *testing.B) {
	for name, listen := range paths {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			ctx, stop := context.WithCancel(context.Background())
			ln, err := listen(ctx, 0)
			if err != nil {
				b.Fatal(err)
			}
			served := make(chan error)
			go func() { served <- (&Server{Table: &protocol.Server}).Serve(ctx, ln) }()
			address := (&running{ln: ln}).address()
			stream := []byte(header + string(make([]byte, 500)))
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
			stop()
			if err := <-served; err != nil {
				b.Fatal(err)
			}
		})
	}
}
