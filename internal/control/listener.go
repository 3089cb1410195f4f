// Package control is the Unix socket by which the operator of a server ends connections
// and lists them (docs/protocol.md §9.7). A client sends one line, "kill NUMBER" or "list",
// and reads the answer to the end of the stream: lines of JSON, one for each connection that
// is listed, and then "OK", or one line that begins with "ERROR: ".
package control

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"
	"net"
	"os"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"accio/internal/socketfile"
	"accio/transport"
)

// mode is that of the socket's file.
const mode = 0o600

// How long a client may take for its line, and for the answer.
const (
	impatience = time.Second
	patience   = 5 * time.Second
)

// longest is how long a line may be.
const longest = 100

// done is the last line of an answer that is no error.
const done = "OK"

// Server is what is controlled; a *transport.Server is one.
type Server interface {
	Abort(connection uint64) error
	Serving() iter.Seq[transport.Progress]
}

// Connection is one in service, as list tells of it.
type Connection struct {
	Connection uint64  `json:"connection"`
	Remote     string  `json:"remote"`
	State      string  `json:"state"`
	Bytes      int64   `json:"bytes"`   // of the payload, so far
	Seconds    float64 `json:"seconds"` // since service began
	Silent     float64 `json:"silent"`  // seconds since a byte came
}

// Listener is the socket. Nil is none.
type Listener struct {
	*net.UnixListener
	file socketfile.File
}

// Listen opens the socket, which its user alone may connect to, and root. One that nobody listens on
// any more is replaced. The error is a *net.OpError or wraps a system call's error.
func Listen(ctx context.Context, path string) (*Listener, error) {
	socketfile.Free(path)
	ln, err := (&net.ListenConfig{Control: private}).Listen(ctx, "unix", path)
	if err != nil {
		return nil, err
	}
	l := &Listener{ln.(*net.UnixListener), socketfile.Bound(path)}
	l.SetUnlinkOnClose(false)
	if err := os.Chmod(path, mode); err != nil {
		l.Close()
		return nil, err
	}
	return l, nil
}

// Close removes the socket.
func (l *Listener) Close() {
	if l != nil {
		l.file.Remove()
		l.UnixListener.Close()
	}
}

// most is how many clients are answered at a time.
const most = 4

// Serve answers clients until the returned function is called, which removes the socket
// and leaves those that have not had their answer.
func (l *Listener) Serve(server Server) (stop func()) {
	if l == nil {
		return func() {}
	}
	ctx, cancel := context.WithCancel(context.Background())
	var clients sync.WaitGroup
	for range most {
		clients.Go(func() {
			for {
				c, err := l.AcceptUnix()
				switch {
				case err == nil:
					answer(ctx, c, server)
				case errors.Is(err, net.ErrClosed):
					return
				default: // out of descriptors, for example
					time.Sleep(100 * time.Millisecond)
				}
			}
		})
	}
	return func() { l.Close(); cancel(); clients.Wait() }
}

func answer(ctx context.Context, c net.Conn, server Server) {
	defer c.Close()
	defer context.AfterFunc(ctx, func() { c.Close() })()
	c.SetReadDeadline(time.Now().Add(impatience))
	c.SetWriteDeadline(time.Now().Add(patience))
	line, err := bufio.NewReader(io.LimitReader(c, longest)).ReadString('\n')
	if err != nil {
		return
	}
	out := bufio.NewWriter(c)
	defer out.Flush()
	if err := obey(out, strings.Fields(line), server); err != nil {
		fmt.Fprintf(out, "ERROR: %v\n", err)
	} else {
		fmt.Fprintln(out, done)
	}
}

var errRequest = errors.New(`wanted "list", or "kill" and the number of a connection`)

func obey(out io.Writer, words []string, server Server) error {
	switch {
	case len(words) == 1 && words[0] == "list":
		return list(out, server)
	case len(words) == 2 && words[0] == "kill":
		n, err := strconv.ParseUint(words[1], 10, 64)
		if err != nil {
			return errRequest
		}
		return server.Abort(n)
	}
	return errRequest
}

// list tells of the connections in the order in which they came.
func list(out io.Writer, server Server) error {
	all := slices.SortedFunc(server.Serving(), func(a, b transport.Progress) int { return int(int64(a.Connection) - int64(b.Connection)) })
	for _, p := range all {
		text, err := json.Marshal(Connection{p.Connection, transport.Peer(p.Remote), string(p.State), p.Bytes, time.Since(p.Started).Seconds(), p.Silence.Seconds()})
		if err != nil {
			return err
		}
		if _, err := fmt.Fprintf(out, "%s\n", text); err != nil {
			return err
		}
	}
	return nil
}
