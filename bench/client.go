package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"accio/protocol"
)

const (
	// clientPatience bounds how long the client waits for a server.
	clientPatience = 20 * time.Second
	// reelSize is what the client sends again and again in a long session:
	// more than a processor's cache holds, as a large file is.
	reelSize = 64 << 20
	// writeSize is what it sends by one write(2) if it is to write.
	writeSize = 256 << 10
)

// client is the load, the same for every server.
type client struct {
	reel   *os.File // reelSize zero bytes
	buffer []byte   // what is written; nil: sendfile(2) from the reel
}

func newClient(writes bool) (*client, error) {
	f, err := os.CreateTemp("", "bench-reel-")
	if err != nil {
		return nil, err
	}
	c := &client{reel: f}
	if writes {
		c.buffer = make([]byte, writeSize)
	}
	if _, err := f.Write(make([]byte, reelSize)); err != nil {
		c.close()
		return nil, err
	}
	return c, nil
}

func (c *client) close() {
	c.reel.Close()
	os.Remove(c.reel.Name())
}

// dial connects. Where nothing tells when a server listens, it tries until it
// does.
func dial(ctx context.Context, port int) (*conn, error) {
	for began := time.Now(); ; time.Sleep(time.Millisecond) {
		c, err := dialOnce(port)
		if err == nil || hasProc || ctx.Err() != nil || time.Since(began) > startPatience {
			return c, err
		}
	}
}

// handshake does the header of the protocol and sends first, which begins the
// payload, with the second confirmation.
func handshake(c *conn, first []byte) error {
	return handshakeThen(c, first, func() {})
}

// handshakeThen calls commanded when the first command has come.
func handshakeThen(c *conn, first []byte, commanded func()) error {
	if err := expectAccio(c); err != nil {
		return err
	}
	commanded()
	if _, err := c.Write([]byte(protocol.Confirm1)); err != nil {
		return err
	}
	if err := expectAccio(c); err != nil {
		return err
	}
	_, err := c.Write(append([]byte(protocol.Confirm2), first...))
	return err
}

func expectAccio(c io.Reader) error {
	var got [len(protocol.Accio)]byte
	if _, err := io.ReadFull(c, got[:]); err != nil {
		return fmt.Errorf("while waiting for accio: %w", err)
	}
	if string(got[:]) != protocol.Accio {
		return fmt.Errorf("got %q, wanted accio", got)
	}
	return nil
}

// stream is what the end of a session needs of a connection.
type stream interface {
	io.Reader
	CloseWrite() error
}

// finish ends our side of the stream and waits for the server's end.
func finish(c stream) error {
	if err := c.CloseWrite(); err != nil {
		return err
	}
	return awaitEnd(c)
}

func awaitEnd(c io.Reader) error {
	var p [1]byte
	switch n, err := c.Read(p[:]); {
	case n > 0:
		return errors.New("the server sent something where it was to close")
	case !errors.Is(err, io.EOF):
		return fmt.Errorf("while waiting for the server to close: %w", err)
	}
	return nil
}

// send is a whole session of size bytes; raw leaves the handshake out.
func (c *client) send(ctx context.Context, port int, size int64, raw bool) error {
	tcp, err := dial(ctx, port)
	if err != nil {
		return err
	}
	defer tcp.Close()
	if !raw {
		if err := handshake(tcp, nil); err != nil {
			return err
		}
	}
	for left := size; left > 0 && err == nil; left -= reelSize {
		if err = ctx.Err(); err == nil {
			err = c.fill(tcp, min(left, reelSize))
		}
	}
	if err != nil {
		return err
	}
	return finish(tcp)
}

func (c *client) fill(tcp *conn, n int64) error {
	if c.buffer == nil {
		return tcp.sendFile(c.reel, n)
	}
	for ; n > 0; n -= writeSize {
		if _, err := tcp.Write(c.buffer[:min(n, writeSize)]); err != nil {
			return err
		}
	}
	return nil
}

// sendSmall is a whole session whose payload fits into one segment.
func (c *client) sendSmall(ctx context.Context, port int, payload []byte) error {
	tcp, err := dial(ctx, port)
	if err != nil {
		return err
	}
	defer tcp.Close()
	if err := handshake(tcp, payload); err != nil {
		return err
	}
	return finish(tcp)
}
