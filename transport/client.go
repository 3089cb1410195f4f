package transport

import (
	"context"
	"io"
	"net"
	"sync/atomic"
	"time"

	"accio/fsm"
)

// Client drives its end of sessions, of which each sends a file
// (docs/protocol.md §7). Its fields must not be changed while it sends.
type Client struct {
	// Table is what every connection is driven through. It must be valid.
	Table *fsm.Table
	// Do has what performs the actions of the table that are its own.
	Do map[fsm.Action]Do
	// Timeout is the limit for connecting, for each text, for every stretch
	// in which the server takes no data, and for its close; 0 means
	// DefaultIdleTimeout.
	Timeout time.Duration
	// Observe, if not nil, is told of every change of state, from the goroutine
	// that sends.
	Observe func(Transition)

	sessions uint64
	current  atomic.Pointer[session]
}

// Sent returns how many bytes of the file the system has taken so far. It may
// be called from any goroutine.
func (c *Client) Sent() int64 {
	if s := c.current.Load(); s != nil {
		return s.payload.Load()
	}
	return 0
}

// SessionError is a session of a [Client] that did not come to a good end.
type SessionError struct{ Result Result }

func (e *SessionError) Error() string { return e.Result.Explanation() }

// Unwrap returns the error of the connection or of the file, if there was one.
func (e *SessionError) Unwrap() error { return e.Result.Err }

// Send connects to address ("host:port"), sends all of file and waits until
// the server has closed. It returns nil only if the session came to a good end:
// the server has taken the file and closed; what it counted, the protocol does
// not say. Otherwise it returns a *SessionError or, where there was no session,
// the error of net.Dialer. When ctx is done the session ends through the event
// shutdown. A session that comes to no good end is reset, so that
// the server does not take a part of the file for the whole.
//
// A regular *os.File is sent from its present offset, in constant memory and
// where possible by the kernel alone. Of anything else a goroutine reads ahead;
// it ends when the Read returns that is in progress when Send does.
func (c *Client) Send(ctx context.Context, address string, file io.Reader) (Result, error) {
	timeout := c.Timeout
	if timeout == 0 {
		timeout = DefaultIdleTimeout
	}
	dialer := net.Dialer{Timeout: timeout, KeepAlive: -1}
	dialed, err := dialer.DialContext(ctx, "tcp", address)
	if err != nil {
		return Result{}, err
	}
	defer dialed.Close()
	tcp := dialed.(*net.TCPConn)
	conn := &netConn{streamConn: tcp}
	c.sessions++
	result, err := c.send(ctx, conn, timeout, file, Result{Connection: c.sessions, Remote: conn.Remote(), Started: time.Now()})
	if err != nil {
		tcp.SetLinger(0) // a plain close would look like the end of the file
	}
	return result, err
}

func (c *Client) send(ctx context.Context, conn Conn, timeout time.Duration, file io.Reader, r Result) (Result, error) {
	s := &session{table: c.Table, conn: conn, do: c.Do, idle: timeout, eager: true, file: newSource(file, conn)}
	defer s.file.close()
	var observe fsm.Observer
	if c.Observe != nil {
		observe = func(from fsm.State, event fsm.Event, to fsm.State) { c.Observe(s.changed(&r, from, event, to)) }
	}
	s.machine = fsm.NewMachine(c.Table, observe)
	c.current.Store(s)
	defer interrupt(ctx, conn)()
	r = s.conclude(ctx, r)
	if !r.Good {
		return r, &SessionError{r}
	}
	return r, nil
}
