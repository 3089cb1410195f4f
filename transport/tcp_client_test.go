package transport

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"testing/iotest"
	"time"

	"accio/fsm"
	"accio/protocol"
)

func tempFile(t *testing.T, size int64) *os.File {
	t.Helper()
	f, err := os.Create(filepath.Join(t.TempDir(), "file"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.Close() })
	if err := f.Truncate(size); err != nil {
		t.Fatal(err)
	}
	return f
}

// A file, a file from its middle, and a stream, to the server itself.
func TestClientToServer(t *testing.T) {
	t.Parallel()
	eachPath(t, func(t *testing.T, path string) {
		r := start(t, path, &Server{Table: &protocol.Server})
		c, sessions := &Client{Table: &protocol.Client}, uint64(0)
		send := func(file io.Reader, want int64) {
			t.Helper()
			var path []fsm.State
			c.Observe = func(tr Transition) { path = append(path, tr.To) }
			sessions++
			result, err := c.Send(context.Background(), r.address(), file)
			if err != nil || result.State != protocol.Done || result.Bytes != want || c.Sent() != want || result.Connection != sessions {
				t.Errorf("%v: %s, %d bytes, %d sent; want %d by session %d: %+v", err, result.State, result.Bytes, c.Sent(), want, sessions, result)
			}
			if len(path) != 6 {
				t.Errorf("path %v", path)
			}
			r.wantDone(want)
		}
		send(strings.NewReader("stream"), 6)
		send(strings.NewReader(""), 0)
		send(bytes.NewReader(make([]byte, 3*uploadChunk+1)), 3*uploadChunk+1)
		for _, size := range []int64{0, 1, uploadChunk, 100 << 20} {
			send(tempFile(t, size), size)
		}
		middle := tempFile(t, 1000)
		middle.Seek(400, io.SeekStart)
		send(middle, 600)
		pipe, w, err := os.Pipe()
		if err != nil {
			t.Fatal(err)
		}
		defer pipe.Close()
		go func() { w.WriteString("through a pipe"); w.Close() }()
		send(pipe, 14)
	})
}

func TestClientCannotConnect(t *testing.T) {
	ln, err := Listen(context.Background(), 0)
	if err != nil {
		t.Fatal(err)
	}
	address := ln.Addr().String()
	ln.Close()
	c := Client{Table: &protocol.Client}
	_, err = c.Send(context.Background(), address, strings.NewReader(""))
	var session *SessionError
	if !errors.Is(err, syscall.ECONNREFUSED) || errors.As(err, &session) || c.Sent() != 0 {
		t.Errorf("%v, %d sent", err, c.Sent())
	}
}

// serveOnce accepts one connection and hands it to serve.
func serveOnce(t *testing.T, serve func(*peer)) (address string) {
	t.Helper()
	ln, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		c, err := ln.Accept()
		if err != nil {
			return
		}
		defer c.Close()
		c.SetDeadline(time.Now().Add(patience))
		serve(&peer{c.(*net.TCPConn), t})
	}()
	t.Cleanup(func() { ln.Close(); <-done })
	return ln.Addr().String()
}

// §7.3, §7.4, §7.6 over TCP: each way in which a server can fail its client.
func TestClientAgainstBadServers(t *testing.T) {
	large := func() io.Reader { return tempFile(t, 1<<30) }
	small := func() io.Reader { return strings.NewReader("small") }
	// What the client sends is not wanted here: on a busy machine it may give up
	// before, and what it then says is another thing than is wanted.
	hear := func(p *peer, text string) { io.ReadFull(p, make([]byte, len(text))) }
	say := func(p *peer, text, answer string) { io.WriteString(p, text); hear(p, answer) }
	commands := func(p *peer) { say(p, protocol.Accio, protocol.Confirm1); say(p, protocol.Accio, protocol.Confirm2) }
	for _, test := range []struct {
		name  string
		file  func() io.Reader
		serve func(p *peer, gone <-chan struct{}) // gone: the client has returned
		from  fsm.State
		event fsm.Event
		words string
	}{
		{"silent", small, func(_ *peer, gone <-chan struct{}) { <-gone }, protocol.AwaitAccio1, fsm.TimedOut,
			`AwaitAccio1: no data for LIMIT; waited for "accio\r\n"; the server serves one client at a time`},
		{"leaves", small, func(*peer, <-chan struct{}) {}, protocol.AwaitAccio1, fsm.Closed, `the server closed before it sent anything of "accio\r\n"`},
		{"says something else", small, func(p *peer, _ <-chan struct{}) { p.send("HTTP/1.1 400\r\n") }, protocol.AwaitAccio1, fsm.Mismatched, `byte 1 is 'H', wanted 'a'`},
		{"half a command", small, func(p *peer, _ <-chan struct{}) { p.send(protocol.Accio); p.expect(protocol.Confirm1); p.send("acc") },
			protocol.AwaitAccio2, fsm.Closed, `"io\r\n" is missing (received "acc")`},
		{"resets before the command", small, func(p *peer, _ <-chan struct{}) { p.send(protocol.Accio); p.expect(protocol.Confirm1); p.reset() },
			protocol.AwaitAccio2, fsm.Failed, "the server reset the connection"},
		{"resets a large file", large, func(p *peer, _ <-chan struct{}) { commands(p); io.CopyN(io.Discard, p, 1<<20); p.reset() },
			protocol.SendFile, fsm.Failed, "the server reset the connection"},
		{"takes no data", large, func(p *peer, gone <-chan struct{}) { commands(p); <-gone }, protocol.SendFile, fsm.TimedOut, "the server takes no data"},
		{"answers", small, func(p *peer, _ <-chan struct{}) { commands(p); io.ReadAll(p); p.send("5") },
			protocol.AwaitClose, fsm.Mismatched, "the server sent '5', wanted the end of the stream"},
		{"does not close", small, func(p *peer, gone <-chan struct{}) { commands(p); hear(p, "small"); <-gone },
			protocol.AwaitClose, fsm.TimedOut, "the server did not close"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			patiently(t, func(limit time.Duration) error {
				gone := make(chan struct{})
				address := serveOnce(t, func(p *peer) { test.serve(p, gone) })
				c, words := Client{Table: &protocol.Client}, test.words
				if test.event == fsm.TimedOut {
					c.Timeout = limit
					words = strings.ReplaceAll(words, "LIMIT", limit.String())
				}
				result, err := c.Send(context.Background(), address, test.file())
				close(gone)
				var session *SessionError
				switch {
				case !errors.As(err, &session) || result.From != test.from || result.Event != test.event:
					return fmt.Errorf("%v: %s by %s; want %s by %s", err, result.From, result.Event, test.from, test.event)
				case !strings.Contains(err.Error(), words):
					return fmt.Errorf("%q does not say %q", err, words)
				case result.Err != nil && !errors.Is(err, result.Err):
					return fmt.Errorf("%v does not wrap %v", err, result.Err)
				}
				return nil
			})
		})
	}
}

// What the system has taken of a file is delivered, though the server has ended
// its side before all of it was under way.
func TestClientThatIsDoneIsNoReset(t *testing.T) {
	const size = 256 << 10
	sent, gone, got := make(chan struct{}), make(chan struct{}), make(chan error, 1)
	address := serveOnce(t, func(p *peer) {
		p.send(protocol.Accio)
		p.expect(protocol.Confirm1)
		p.send(protocol.Accio)
		p.expect(protocol.Confirm2)
		n := int64(0)
		for waiting := true; waiting; { // until the system has taken the rest
			select {
			case <-sent:
				waiting = false
			case <-time.After(time.Millisecond):
				m, _ := io.CopyN(io.Discard, p, 1<<10)
				n += m
			}
		}
		p.CloseWrite()
		<-gone
		m, err := io.Copy(io.Discard, p)
		if n += m; err == nil && n != size {
			err = fmt.Errorf("%d bytes", n)
		}
		got <- err
	})
	c := Client{Table: &protocol.Client, Observe: func(tr Transition) {
		if tr.To == protocol.AwaitClose {
			close(sent)
		}
	}}
	_, err := c.Send(context.Background(), address, tempFile(t, size))
	close(gone)
	if got := <-got; err != nil || got != nil {
		t.Errorf("%v; the server has got %v", err, got)
	}
}

// §7.7: whatever ends a client early, the server does not take what came for
// the whole file.
func TestClientThatGivesUpIsNoResult(t *testing.T) {
	t.Parallel()
	eachPath(t, func(t *testing.T, path string) {
		r := start(t, path, &Server{Table: &protocol.Server})
		ctx, stop := context.WithCancel(context.Background())
		defer stop()
		shrinking := tempFile(t, 1<<30)
		for _, test := range []struct {
			name string
			file io.Reader
			want error
		}{
			{"told to stop", readFunc(func(p []byte) (int, error) { stop(); return len(p), nil }), nil},
			{"broken", io.MultiReader(strings.NewReader("some"), iotest.ErrReader(errBroken)), errBroken},
			{"shrinking", shrinking, io.ErrUnexpectedEOF},
		} {
			ctx := ctx
			c := &Client{Table: &protocol.Client, Observe: func(tr Transition) {
				if test.file == shrinking && tr.To == protocol.SendFile {
					shrinking.Truncate(1 << 20)
				}
			}}
			if test.want != nil {
				ctx = context.Background()
			}
			_, err := c.Send(ctx, r.address(), test.file)
			if err == nil || test.want != nil && !errors.Is(err, test.want) {
				t.Errorf("%s: %v", test.name, err)
			}
			if got := r.next(); got.State != protocol.Error || got.Event != fsm.Failed {
				t.Errorf("%s: the server has %s by %s with %d bytes", test.name, got.State, got.Event, got.Bytes)
			}
		}
	})
}

type readFunc func([]byte) (int, error)

func (f readFunc) Read(p []byte) (int, error) { return f(p) }

// Every byte arrives, in order and once, at a server that takes some more only
// when a deadline has passed.
func TestClientLosesNothingToAPassedDeadline(t *testing.T) {
	t.Parallel()
	const size, step, buffers = 4 << 20, 32 << 10, 1 << 20 // the buffers are smaller
	file := tempFile(t, 0)
	want := sha256.New()
	random := rand.NewChaCha8([32]byte{})
	if _, err := io.CopyN(io.MultiWriter(file, want), random, size); err != nil {
		t.Fatal(err)
	}
	for _, stream := range []bool{false, true} {
		file.Seek(0, io.SeekStart)
		var reader io.Reader = file
		if stream {
			reader = struct{ io.Reader }{file}
		}
		got := sha256.New()
		passed, done := make(chan bool), make(chan error, 1)
		address := serveOnce(t, func(p *peer) {
			p.SetReadBuffer(64 << 10)
			for range passed {
				io.CopyN(got, p, step)
			}
			_, err := io.Copy(got, p)
			done <- err
		})
		tcp, err := net.Dial("tcp4", address)
		if err != nil {
			t.Fatal(err)
		}
		conn := &netConn{streamConn: tcp.(*net.TCPConn)}
		tcp.(*net.TCPConn).SetWriteBuffer(64 << 10)
		source, deadlines := newSource(reader, conn), 0
		for err == nil {
			if err = source.fill(context.Background(), patience); err != nil {
				break
			}
			conn.SetDeadline(time.Now().Add(time.Millisecond))
			if _, err = source.send(conn); errors.Is(err, os.ErrDeadlineExceeded) {
				err = nil
				deadlines++
				passed <- true
			}
		}
		close(passed)
		conn.Close()
		source.close()
		if err != io.EOF || deadlines < (size-buffers)/step {
			t.Errorf("stream %v: %v after %d deadlines", stream, err, deadlines)
		}
		if err := <-done; err != nil || !bytes.Equal(got.Sum(nil), want.Sum(nil)) {
			t.Errorf("stream %v: the server got something else: %v", stream, err)
		}
	}
}

// §7.3: what the system has taken of the file goes on moving after its end, and
// that is no silence of the server.
func TestClientWaitsWhileTheServerTakesData(t *testing.T) {
	t.Parallel()
	if runtime.GOOS != "linux" {
		t.Skip("only Linux tells how much the peer has yet to acknowledge")
	}
	patiently(t, func(limit time.Duration) error {
		address := serveOnce(t, func(p *peer) {
			p.SetDeadline(time.Now().Add(patience + 2*limit)) // which is what the reading takes
			p.SetReadBuffer(128 << 10)
			io.WriteString(p, protocol.Accio)
			io.CopyN(io.Discard, p, int64(len(protocol.Confirm1)))
			io.WriteString(p, protocol.Accio)
			io.CopyN(io.Discard, p, int64(len(protocol.Confirm2)))
			for range 50 {
				io.CopyN(io.Discard, p, 32<<10)
				time.Sleep(limit / 25)
			}
			io.Copy(io.Discard, p)
		})
		c := Client{Table: &protocol.Client, Timeout: limit}
		_, err := c.Send(context.Background(), address, tempFile(t, 2<<20))
		return err
	})
}

// What the server has room for is sent although the deadline has passed.
func TestClientSendsOnceMoreAfterTheDeadline(t *testing.T) {
	taken := make(chan bool)
	address := serveOnce(t, func(p *peer) { n, _ := io.Copy(io.Discard, p); taken <- n == 5 })
	tcp, err := net.Dial("tcp4", address)
	if err != nil {
		t.Fatal(err)
	}
	file := tempFile(t, 5)
	conn := &netConn{streamConn: tcp.(*net.TCPConn)}
	conn.SetDeadline(elapsed)
	if n, err := newSource(file, conn).send(conn); n != 5 || err != nil {
		t.Errorf("%d, %v", n, err)
	}
	conn.Close()
	if !<-taken {
		t.Error("the server got something else")
	}
}

// A file that becomes shorter while it is sent is not sent as if it were whole,
// whenever that is noticed, and the error says what was wrong (docs/protocol.md §7.9).
func TestClientFileThatShrinks(t *testing.T) {
	const shrunk = "the file has become shorter while it was sent, from 100 to 10 bytes: unexpected EOF"
	prepare := func(at int64) (*os.File, *fileSource) {
		file := tempFile(t, 100)
		source := newSource(file, &netConn{}).(*fileSource)
		source.at, source.to = at, readFromFunc(func(io.Reader) (int64, error) { return 0, nil })
		return file, source
	}
	want := func(n int64, err error, text string) {
		t.Helper()
		if n != 0 || !errors.Is(err, io.ErrUnexpectedEOF) || err.Error() != text {
			t.Errorf("%d, %v, wanted %s", n, err, text)
		}
	}

	file, source := prepare(50)
	file.Truncate(10)
	want(0, source.fill(context.Background(), 0), shrunk)

	file, source = prepare(100) // all of it was sent
	file.Truncate(10)
	if err := source.fill(context.Background(), 0); err != io.EOF {
		t.Error(err)
	}

	for _, deadline := range []bool{false, true} {
		file, source := prepare(50)
		if err := source.fill(context.Background(), 0); err != nil {
			t.Fatal(err)
		}
		file.Truncate(10)
		if deadline {
			source.to = readFromFunc(func(io.Reader) (int64, error) { return 0, os.ErrDeadlineExceeded })
		}
		n, err := source.send(nil)
		want(n, err, shrunk)
	}

	// It had grown before, so that nobody knows how long it was.
	file, source = prepare(100)
	file.Truncate(110)
	if err := source.fill(context.Background(), 0); err != nil {
		t.Fatal(err)
	}
	for _, size := range []int64{105, 100} {
		file.Truncate(size)
		source.at = size
		n, err := source.send(nil)
		want(n, err, fmt.Sprintf("the file has become shorter while it was sent, to %d bytes: unexpected EOF", size))
	}

	source.to = readFromFunc(func(io.Reader) (int64, error) { file.Close(); return 0, nil })
	n, err := source.send(nil)
	want(n, err, "the file has become shorter while it was sent: unexpected EOF")
	if n, err := source.send(nil); n != 0 || !errors.Is(err, os.ErrClosed) {
		t.Errorf("%d, %v; want that it is closed", n, err)
	}
}

// What the system has sent of a file is not sent again, whatever it says beside it.
func TestClientSendsAFileOnce(t *testing.T) {
	for _, err := range []error{nil, io.EOF, os.ErrDeadlineExceeded, syscall.ECONNRESET} {
		source := newSource(tempFile(t, 100), &netConn{}).(*fileSource)
		source.to = readFromFunc(func(io.Reader) (int64, error) { return 1, err })
		for at := range int64(3) {
			if n, _ := source.send(nil); n != 1 || source.at != at+1 {
				t.Errorf("%v: %d bytes, and goes on at %d", err, n, source.at)
			}
		}
	}
}

// A file that is closed already is no file to send, and says so.
func TestClientFileThatIsClosed(t *testing.T) {
	file := tempFile(t, 100)
	file.Close()
	source := newSource(file, &netConn{})
	defer source.close()
	if err := source.fill(context.Background(), patience); !errors.Is(err, os.ErrClosed) {
		t.Error(err)
	}

	file = tempFile(t, 100) // and one that somebody closes meanwhile
	late := newSource(file, &netConn{}).(*fileSource)
	late.to = readFromFunc(func(io.Reader) (int64, error) { file.Close(); return 0, os.ErrDeadlineExceeded })
	if n, err := late.send(nil); n != 0 || !errors.Is(err, os.ErrClosed) {
		t.Errorf("%d, %v", n, err)
	}
}

type readFromFunc func(io.Reader) (int64, error)

func (f readFromFunc) ReadFrom(r io.Reader) (int64, error) { return f(r) }
